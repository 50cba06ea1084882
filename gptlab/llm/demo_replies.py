"""What the Demo says: texts written beforehand, chosen by the visitor's last words, and honest about it. Knows no HTTP."""

import random
import re
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_TEXTS = Path(__file__).with_name("demo_texts")
_USUAL = ("plain", "list", "python", "quote", "table", "short", "scripts", "math")
_BY_WORD = {
    "long": "long",
    "code": "python",
    "python": "python",
    "table": "table",
    "sql": "table",
    "list": "list",
    "math": "math",
    "formula": "math",
    "emoji": "scripts",
    "quote": "quote",
    "flag": "flag",
}
# What the Demo's moderation can say. It marks one phrase, so that everybody can see what a marked message looks like.
CATEGORIES = ("harassment", "hate", "illicit", "self-harm", "sexual", "violence")
_FLAGGED = re.compile(r"\bflag me\b", re.IGNORECASE)
_QUOTED_WORDS = 8
_QUOTED_MOST = 80
# "You are Ada, …", "Your name is Ada." Nothing else of a prompt is ever used.
_NAME = re.compile(
    r"\b(?:[Yy]ou are|[Yy]our name is)(?: called)? [“\"*]*"
    r"(?P<name>[A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,3})"
    r"[”\"*]*(?=[.,:;!\n]|$)"
)
_NAME_MOST = 40
_CUE = re.compile(r"\b(?:open|begin|start|greet|introduce)\b", re.IGNORECASE)
_CUE_MOST_WORDS = 30
# How GPT Lab begins and ends such requests: chats/naming.py, chats/recapping.py, chats/condensing/summarising.py
_WANTS_TITLE = "You give conversations their titles."
_WANTS_RECAP = "Write the recap now, in the language of the conversation."
_WANTS_NOTES = "Answer with the notes alone."
_TITLE_WORDS = 7
_NOTED_MOST = 12  # messages


def reply(messages: Sequence[dict[str, object]]) -> str:
    """The reply to a conversation in OpenAI's form. The same conversation gets the same reply."""
    said = [(message.get("role"), _text(message.get("content"))) for message in messages]
    asked = [text for role, text in said if role == "user"]
    if wants_title(messages):
        return _title(asked[-1] if asked else "")
    if asked and asked[-1].endswith(_WANTS_RECAP):
        return _load("recap")
    if any(text.endswith(_WANTS_NOTES) for role, text in said if role == "system"):
        return _notes(asked[-1] if asked else "")
    turns = sum(role == "assistant" for role, _ in said)
    if not turns and (not asked or (len(asked) == 1 and _is_cue(asked[0]))):
        return _opening(next((text for role, text in said if role in {"system", "developer"}), ""))
    last = asked[-1] if asked else ""
    return _load(_choose(last, turns)).replace("{quote}", _quoted(last))


def wants_title(messages: Sequence[dict[str, object]]) -> bool:
    """Whether GPT Lab asks what a chat is to be called."""
    return any(_text(message.get("content")).startswith(_WANTS_TITLE) for message in messages[:1])


def flags(text: str) -> tuple[str, ...]:
    """The categories that the Demo's moderation puts a message in."""
    return ("harassment",) if _FLAGGED.search(text) else ()


def pieces(text: str) -> list[str]:
    """Cut as a model would send it: three to five characters, wherever that falls, always the same for the same text."""
    dice = random.Random(zlib.crc32(text.encode()))
    cut, start = [], 0
    while start < len(text):
        end = start + dice.choice((3, 4, 4, 4, 5, 5))
        cut.append(text[start:end])
        start = end
    return cut


def _choose(last: str, turns: int) -> str:
    for word in re.findall(r"[a-z]+", last.lower()):
        if word in _BY_WORD:
            return _BY_WORD[word]
    return _USUAL[zlib.crc32(f"{turns} {last}".encode()) % len(_USUAL)]


def _title(said: str) -> str:
    """The visitor's own first words: the Demo understands none of them."""
    words = " ".join(said.partition("\n\n---\n\n")[0].split()[:_TITLE_WORDS])
    return words[:_QUOTED_MOST].rstrip(".,;:!") or "A chat with the Demo"


def _opening(prompt: str) -> str:
    found = _NAME.search(prompt)
    name = found["name"][:_NAME_MOST] if found else ""
    return _load("opening").replace("{who}", f"I'm {name}, or rather" if name else "You're talking to")


def _quoted(last: str) -> str:
    words = " ".join(last.split()[-_QUOTED_WORDS:])[-_QUOTED_MOST:].strip()
    return words or "…"


def _notes(material: str) -> str:
    """The first words of what the visitor has said last: the Demo has not understood any of it."""
    said = re.findall(r"^User: (.+)$", material, re.MULTILINE)[-_NOTED_MOST:]
    quoted = [f"- “{' '.join(line.split()[:_QUOTED_WORDS])[:_QUOTED_MOST]}”" for line in said]
    return "\n".join([_load("notes"), *quoted])


def _is_cue(text: str) -> bool:
    return "?" not in text and len(text.split()) <= _CUE_MOST_WORDS and bool(_CUE.search(text))


def _text(content: object) -> str:
    if isinstance(content, list):
        return " ".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content.encode("utf-8", "replace").decode() if isinstance(content, str) else ""


@cache
def _load(name: str) -> str:
    return (_TEXTS / f"{name}.md").read_text(encoding="utf-8").strip()
