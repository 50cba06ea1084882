"""Finished sentences of a growing text, cut into statements that are short enough to be compared."""

import re

from chats.leak_guard.folding import fold
from chats.leak_guard.readings import WORD

LONGEST = 16  # words
SHORTEST = 4
MOST_CHARACTERS = 600  # of a sentence that does not end

_END = re.compile(r"[.!?;:。！？]\s|[。！？]|\n+")
_MARKS = re.compile(r"^[\s\-*#>•\d.)|\"'`]+")
_JOINTS = frozenset(
    {"and", "or", "but", "then", "which", "that", "y", "o", "que", "e", "ou", "et", "mais", "und", "oder", "dass"}
)
_FIRST_PERSON = re.compile(r"\b(i|i'm|i've|me|my|we|our|us)\b")
_DUTY = re.compile(
    r"\b(told|instruct\w*|asked|configured|set ?up|made|meant|supposed|obliged|designed|given|expected|built|required|allowed"
    r"|want me|ha(ve|s) to|must|can't|cannot|may not|not to|never|always|only|should|needs? to|role|job|task|purpose|rules?)\b"
)

_INSTRUCTIONS = re.compile(
    r"\b(instruc\w*|istruzion\w*|anweisung\w*|consignes?|prompts?|system message|initiali[sz]\w*"
    r"|rules?|regeln|reglas|regole|regles"
    r"|told|given|guidelines?|configur\w*|set ?up|secret|verbatim|confidential|reveal|above|previous|preceding|earlier)\b"
)
_YOURS = re.compile(r"\b(your?|above|previous|preceding|initial\w*|deine?|ihre?|tus?|sus?|tes|vos|vous|tue|tuas?|seus?)\b")
_LONGEST_QUESTION = 400  # characters


class Sentences:
    """Collects text and hands out statements as they are finished."""

    def __init__(self) -> None:
        self._open = ""

    def add(self, text: str) -> list[str]:
        self._open += text
        finished = []
        while (found := _END.search(self._open)) is not None or len(self._open) > MOST_CHARACTERS:
            end = found.end() if found else MOST_CHARACTERS
            finished += statements(self._open[:end])
            self._open = self._open[end:]
        return finished

    def rest(self) -> list[str]:
        rest, self._open = self._open, ""
        return statements(rest)


def statements(text: str) -> list[str]:
    found = [part for sentence in _END.split(text) for part in _halved(_MARKS.sub("", sentence).split())]
    return [" ".join(words) for words in found if len(WORD.findall(" ".join(words))) >= SHORTEST]


def _halved(words: list[str]) -> list[list[str]]:
    """Long ones are cut at the comma or the little word that is nearest to the middle."""
    if len(words) <= LONGEST:
        return [words]
    joints = [at for at in range(5, len(words) - 4) if words[at - 1][-1] in ",;:)" or words[at].lower() in _JOINTS]
    cut = min(joints, key=lambda at: abs(2 * at - len(words)), default=len(words) // 2)
    return _halved(words[:cut]) + _halved(words[cut:])


def tells_of_duties(statement: str) -> bool:
    """Somebody says what they are meant to do, or never to do. English only."""
    text = fold(statement).replace("’", "'")
    return bool(_FIRST_PERSON.search(text) and _DUTY.search(text))


def asks_for_instructions(line: str) -> bool:
    """Somebody wants to know what somebody else was told. Wide: it only makes the guard more watchful."""
    text = fold(line)
    return len(line) <= _LONGEST_QUESTION and bool(_INSTRUCTIONS.search(text) and _YOURS.search(text))
