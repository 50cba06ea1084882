"""How full a session's context is: weighed by the worker after each reply, for the gauge and for who writes the next message.

The web counts only a message that the cheap bound can't judge: no token is shorter than a byte, so most messages fit for sure.
The worker decides in any case, exactly, when it builds the request.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from chats.context import OPENING_CUE, Context, Scale, condensing_begins, instructions, size_in_bytes
from chats.counting import counter
from chats.errors import UnfitMessage
from chats.models import ChatSession, Memory
from gptlab import crypto
from gptlab.llm import catalog
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Message, Role


@dataclass(frozen=True, slots=True)
class Load:
    """What one request puts into the model's memory. In tokens."""

    info: ModelInfo
    budget: int
    tokens: int
    prompt_tokens: int
    since: int | None
    counted: bool
    condenses: bool  # a coaching chat does when it grows long; a brainstorm forgets


def load(context: Context, *, info: ModelInfo, budget: int, condenses: bool) -> Load:
    return Load(info, budget, context.tokens, context.prompt_tokens, context.since, context.counted, condenses)


def with_reply(before: Load, text: str, *, turn: int) -> dict[str, Any]:
    """A `Memory`'s values once the reply to `turn` is in it. It may count: nothing for an event loop."""
    scale = Scale(budget=before.budget, count=counter(before.info), counts=before.counted)
    fits = scale.takes(Message(Role.ASSISTANT, text))
    tokens = min(before.budget, before.tokens + scale.tokens) if fits else before.budget
    since = turn if before.since is None else before.since
    begins = condensing_begins(window=before.info.context_window, budget=before.budget) if before.condenses else None
    values = {"tokens": tokens, "prompt_tokens": before.prompt_tokens, "budget": before.budget}
    return values | {"since": since, "begins": begins}


def store(session_id: UUID, values: dict[str, Any]) -> None:
    if not Memory.objects.filter(session_id=session_id).update(**values):
        Memory.objects.update_or_create(session_id=session_id, defaults=values)


def require_room(session: ChatSession, text: str, *, provider: str, model: str) -> None:
    """Raises UnfitMessage, with size and limit, for a message that can't go to the model even if all before it is left out.

    Where the instructions alone leave no room, nothing is said here: the reply says that they are the reason.
    """
    info = catalog.model(provider, model)
    known = Memory.objects.filter(session=session).values_list("prompt_tokens", flat=True).first()
    before = _opening(session) if known is None else ()
    room = info.input_budget(session.version.max_tokens) - (known or 0)
    message = Message(Role.USER, text)
    if sum(map(size_in_bytes, (*before, message))) <= room:
        return
    count = counter(info)
    size, most = count(message), room - sum(map(count, before))
    if size > most > 0:
        raise UnfitMessage(
            _("The message takes %(size)s tokens; the model has room for %(most)s. Shorten it, or send it in parts.")
            % {"size": f"{size:,}", "most": f"{most:,}"},
            field="text",
        )


def _opening(session: ChatSession) -> tuple[Message, ...]:
    """What stands before the first message of a chat that nobody has weighed yet."""
    try:
        prompt = session.version.initial_prompt
    except crypto.Damaged:  # the reply says so
        return ()
    return Message(Role.SYSTEM, instructions(prompt, is_public=not session.version.is_secret)), OPENING_CUE
