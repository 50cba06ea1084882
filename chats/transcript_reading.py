"""A transcript in JSON, read back: strict about all that a chat is made of, deaf to fields that it does not know. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.utils.translation import gettext as _

from chats.conversation.wording import fit_message
from chats.errors import UnfitMessage, UnfitTranscript
from chats.models import LIVE_STATES, ChatSession, Reply
from chats.transcript import FORMAT, VERSION

MOST_BYTES = 8 * 1024 * 1024
MOST_MESSAGES = 10_000
MOST_TURN = 1_000_000
MOST_VARIANT = 10_000
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
SLACK = timedelta(days=1)  # clocks differ


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """A message. `text` is None where it was damaged already; what follows `at` is of replies only."""

    turn: int
    text: str | None
    at: datetime
    state: str = ""
    model: str = ""
    variant: int = 1
    liked: bool | None = None

    @property
    def is_reply(self) -> bool:
        return bool(self.state)


@dataclass(frozen=True, slots=True, repr=False)
class Transcript:
    title: str
    code: str  # of the assistant, as it is written there
    name: str
    status: str
    started_at: datetime
    recap: str
    lines: tuple[Line, ...]  # oldest first; of a turn the message, then the reply, or one of the two


def read(data: bytes, *, now: datetime) -> Transcript:
    """Raises UnfitTranscript with what is wrong, and where."""
    head = _Fields(_loaded(data), _("the head"), now=now)
    messages = head.list("messages")
    if not 1 <= len(messages) <= MOST_MESSAGES:
        raise UnfitTranscript(_("A transcript with 1 to %(most)s messages can be imported.") % {"most": f"{MOST_MESSAGES:,}"})
    assistant = _Fields(head.object("assistant"), _("the assistant"), now=now)
    places = (_("message %(number)d") % {"number": number} for number in range(1, len(messages) + 1))
    lines = [_line(_Fields(message, place, now=now)) for message, place in zip(messages, places, strict=True)]
    _require_order(lines)
    return Transcript(
        title=head.text("title"),
        code=assistant.text("code")[:64],
        name=assistant.text("name")[:200],
        status=head.choice("status", ChatSession.Status.values),
        started_at=head.moment("started_at"),
        recap=head.text("recap"),
        lines=tuple(lines),
    )


def _loaded(data: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise UnfitTranscript(_("This file is no JSON. Choose a transcript that was downloaded here as JSON.")) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UnfitTranscript(_("This file is JSON, but no transcript of a chat. Choose one that was downloaded here as JSON."))
    if found.get("version") != VERSION:
        raise UnfitTranscript(_("This transcript has another version: %(known)d can be read here.") % {"known": VERSION})
    return found


def _line(message: "_Fields") -> Line:
    role = message.choice("role", ["user", "assistant"])
    turn, at = message.number("turn", MOST_TURN), message.moment("at")
    if role == "user":
        return Line(turn, message.said(), at)
    state = message.choice("state", Reply.State.values)
    return Line(
        turn,
        message.opened(),
        at,
        state=Reply.State.INTERRUPTED if state in LIVE_STATES else state,
        model=message.text("model")[:200],
        variant=message.number("variant", MOST_VARIANT),
        liked=message.liked(),
    )


def _require_order(lines: list[Line]) -> None:
    """Turns rise, each has at most a message and then a reply, and only turn 0 may do without a message."""
    before: Line | None = None
    for number, line in enumerate(lines, 1):
        follows = before is not None and before.turn == line.turn and line.is_reply and not before.is_reply
        begins = before is None or line.turn > before.turn
        if not follows and not (begins and (not line.is_reply or line.turn == 0)):
            raise UnfitTranscript(_("Message %(number)d of the transcript is out of order.") % {"number": number})
        before = line


class _Fields:
    """An object of the file; `place` is what it is called in what is said of it."""

    def __init__(self, values: Any, place: str, *, now: datetime) -> None:
        self._place, self._now = place, now
        if not isinstance(values, dict):
            raise UnfitTranscript(_("In the transcript, %(place)s is no JSON object.") % {"place": place})
        self._values = values

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if isinstance(value, str):
            return value
        raise self._unfit(name, _("a text"))

    def opened(self) -> str | None:
        """The text, or None of what was damaged."""
        return None if self._values.get("damaged") is True and self._values.get("text") is None else self.text("text")

    def said(self) -> str | None:
        text = self.opened()
        try:
            return text if text is None else fit_message(text)
        except UnfitMessage:
            raise self._unfit("text", _("a message as one can send it: with something in it, and not too long")) from None

    def number(self, name: str, most: int) -> int:
        value = self._values.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
            return value
        raise self._unfit(name, _("a whole number from 0 to %(most)s") % {"most": f"{most:,}"})

    def choice(self, name: str, choices: list[str]) -> str:
        value = self._values.get(name)
        if isinstance(value, str) and value in choices:
            return value
        raise self._unfit(name, _("one of %(choices)s") % {"choices": ", ".join(choices)})

    def liked(self) -> bool | None:
        value = self._values.get("liked")
        if value is None or isinstance(value, bool):
            return value
        raise self._unfit("liked", _("true, false or null"))

    def moment(self, name: str) -> datetime:
        try:
            value = datetime.fromisoformat(self.text(name))
            if EARLIEST <= value <= self._now + SLACK:
                return value.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):  # no time, or one without a zone
            pass
        raise self._unfit(name, _("a time with its zone, not in the future"))

    def list(self, name: str) -> list[Any]:
        value = self._values.get(name)
        if isinstance(value, list):
            return value
        raise self._unfit(name, _("a list"))

    def object(self, name: str) -> Any:
        return self._values.get(name)

    def _unfit(self, name: str, wanted: str) -> UnfitTranscript:
        words = {"field": name, "place": self._place, "wanted": wanted}
        return UnfitTranscript(_("In the transcript, “%(field)s” of %(place)s must be %(wanted)s.") % words)
