"""A conversation as one text, which a model that knows no roles goes on with. Knows no endpoint and no Django.

Each message stands behind the sequence of its role; the text ends with the assistant's, and the model writes on (these are the
"restart" sequences). Where it begins another one its reply is over ("stop"). No message can forge one.
"""

import re
from collections.abc import Sequence

from gptlab.llm.messages import Message, Role

STOP_SEQUENCES = tuple(f"<|{role.value}|>" for role in Role)
_ANY = re.compile(r"<\|(system|user|assistant)\|>")
_LONGEST = max(len(sequence) for sequence in STOP_SEQUENCES)


def prompt(messages: Sequence[Message]) -> str:
    """What to send. Sequences that somebody typed are bent, so that they are words and no end."""
    said = [f"<|{message.role.value}|>\n{_bent(message.text)}\n" for message in messages]
    return f"{''.join(said)}<|{Role.ASSISTANT.value}|>\n"


def messages(text: str) -> list[Message]:
    """The way back, for who is sent such a text. The assistant's last sequence has no words yet."""
    _, *parts = _ANY.split(text)
    found = [
        Message(Role(role), said.removeprefix("\n").removesuffix("\n"))
        for role, said in zip(parts[::2], parts[1::2], strict=True)
    ]
    return found[:-1] if found and not found[-1].text else found


class Screen:
    """Lets the reply's text through up to the first sequence, however that is cut: what could begin one waits for more."""

    def __init__(self) -> None:
        self.is_over = False  # a sequence has come: the rest is no part of the reply
        self._held = ""
        self._has_begun = False

    def feed(self, piece: str) -> str:
        """The text that can be shown now."""
        if self.is_over:
            return ""
        text = self._held + piece
        self._held = ""
        if not self._has_begun:
            text = text.lstrip()
            self._has_begun = bool(text)
        if "<" not in text:
            return text
        if found := _ANY.search(text):
            self.is_over = True
            return text[: found.start()]
        start = text.rfind("<", max(0, len(text) - _LONGEST + 1))
        if start >= 0 and any(sequence.startswith(text[start:]) for sequence in STOP_SEQUENCES):
            text, self._held = text[:start], text[start:]
        return text

    def rest(self) -> str:
        """What still waits when no more comes: it began no sequence after all."""
        held, self._held = self._held, ""
        return held


def _bent(text: str) -> str:
    return _ANY.sub(r"< |\1|>", text)
