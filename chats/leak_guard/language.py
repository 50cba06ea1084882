"""What a piece of text looks like: language, a list of words, or neither. It decides which disguises are worth looking for."""

import re
from functools import lru_cache

from chats.leak_guard import readings
from chats.leak_guard.folding import fold

LANGUAGE, WORDS, STRANGE = "language", "words", "strange"

FREQUENT_WORDS = frozenset(
    re.findall(
        r"\w+",
        # English, German, Dutch, French, Spanish, Portuguese, Italian, Swedish, Polish
        """the of and to a in is you that it for on are as with this be or your can i have from not by at an if will my we they
        but what
        der die das und ist nicht ein eine zu den mit von sie ich auf fur im dem es wie auch wird
        het een van je op te dat niet zijn voor met deze
        de la le les des et du une est dans pour qui sur au ce il pas avec vous plus par
        el que en y los las un por con para del se no lo como su es
        o um uma do da os em na ao mais
        di che per non sono gli della i piu
        och att det som pa av ar till
        w z jest nie sie""",
    )
)
_FREQUENT_PAIRS = frozenset(
    re.findall(
        r"\w+",
        # of letters, in the same languages; in none of their ciphers
        """th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea
        ra ce li ch ll be ma si om ur la el ta ec tr pe no us un ut di ss ac ca lo so pr em et il ns do""",
    )
)
_ESCAPES = ("%", "&#", "\\u", "\\x", "=2")
_MANY_ESCAPES = 4
_ONE_WORD_IN = 6
_FEWEST_IN_LANGUAGE, _FEWEST_IN_WORDS = 0.4, 0.48  # of all pairs
_LONGEST_WORD = 24


def looks_like(text: str) -> str:
    if sum(map(text.count, _ESCAPES)) >= _MANY_ESCAPES:
        return STRANGE
    words = readings.WORD.findall(fold(text))
    pairs = sum(map(len, words)) - len(words)
    spelled = sum(map(_spelled, words))
    if max(map(len, text.split()), default=0) <= _LONGEST_WORD:
        frequent = sum(map(FREQUENT_WORDS.__contains__, words))
        if len(words) > 3 and frequent * _ONE_WORD_IN >= len(words) and spelled >= _FEWEST_IN_LANGUAGE * pairs:
            return LANGUAGE
        if not text.isascii() and sum(char.isalpha() and char > "\u02ff" for char in text) * 2 > len(text):
            return WORDS  # another script, of which nothing is known here
    return WORDS if pairs * 3 > len(text) and spelled >= _FEWEST_IN_WORDS * pairs else STRANGE


@lru_cache(maxsize=4096)
def _spelled(word: str) -> int:
    """How many of its pairs of letters are frequent."""
    return sum([word[at : at + 2] in _FREQUENT_PAIRS for at in range(len(word) - 1)])
