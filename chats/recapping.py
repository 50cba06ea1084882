"""The recap of a concluded session: asked for with the assistant's summary prompt, written by a worker, sealed.

What was said stands in it; the initial prompt is not in the request, so that no recap can give it away.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts import relay
from chats import background, condensing, guarding, history
from chats.counting import counter
from chats.models import ChatSession
from chats.sealing import Vault, vault_of
from gptlab import crypto
from gptlab.errors import Unavailable
from gptlab.llm import catalog
from gptlab.llm.errors import ContextTooLong, UpstreamError
from gptlab.llm.messages import FinishReason, Message, Request, Role, Sampling

logger = logging.getLogger(__name__)

State = ChatSession.Recap

JOB = "recap"  # the relay's kind
PATIENCE = timedelta(minutes=4)  # then its worker is dead: it can be asked for again
MAX_TOKENS = 1_200

USUAL_PROMPT = (
    "Write a recap of this conversation for the person who had it: two or three sentences on what it was about and what came "
    "out, then under ### headings what was decided or learned, and what is left open. Only what was said; no advice. "
    "At most 220 words, in Markdown."
)
BEFORE = "Notes on what came before: "
CLOSING = "That was the whole conversation. Write the recap now, in the language of the conversation."


def is_awaited(session: ChatSession, *, now: datetime) -> bool:
    asked_at = session.recap_asked_at
    return session.recap_state == State.PENDING and asked_at is not None and now - asked_at < PATIENCE


def open_recap(session: ChatSession, *, vault: Vault) -> str:
    """Empty where there is none, or none that opens."""
    if not session.sealed_recap:
        return ""
    try:
        return vault.open_recap(session.sealed_recap, session_id=session.pk)
    except crypto.Damaged:
        return ""


def write(*, session_id: UUID, job_id: UUID) -> None:
    """Runs in workers. Whatever goes wrong leaves the session as it is, with a recap that can be asked for again."""
    with background.once(kind=JOB, job_id=job_id) as is_mine:
        session = ChatSession.objects.select_related("version", "assistant").filter(pk=session_id).first()
        if is_mine and session is not None and session.recap_state == State.PENDING:
            _write(session, job_id=job_id)


def _write(session: ChatSession, *, job_id: UUID) -> None:
    try:
        credential = relay.take(kind=JOB, job_id=job_id, user_id=session.user_id)
        vault = vault_of(credential)
        completion = background.ask(request(session, vault=vault, provider=credential.provider), api_key=credential.api_key)
    except (UpstreamError, Unavailable, relay.Gone, crypto.Damaged, catalog.UnknownProvider) as error:
        logger.info("no recap for session %s: %s", session.pk, type(error).__name__)
        _store(session, recap_state=State.FAILED)
    else:
        text = completion.text.strip()
        if not text or completion.finish != FinishReason.STOP or guarding.gives_away(text, session=session):
            _store(session, recap_state=State.FAILED)
        else:
            _store(session, recap_state=State.DONE, sealed_recap=vault.seal_recap(text, session_id=session.pk))


def request(session: ChatSession, *, vault: Vault, provider: str) -> Request:
    """The conversation, or where it does not fit, the notes on its beginning and as much as fits from its end.

    Raises ContextTooLong where nothing of it does: that would be paid for, and refused or made up.
    """
    model = session.recap_model or session.model_used_last()
    info = catalog.model(provider, model)
    prompt = session.version.summary_prompt.strip() or USUAL_PROMPT
    count = counter(info)
    budget = info.input_budget(MAX_TOKENS) - count(Message(Role.SYSTEM, prompt)) - count(Message(Role.USER, CLOSING))

    def size(line: str) -> int:
        return count(Message(Role.USER, line))

    lines, is_whole = _fitting(_lines(session, vault=vault), budget=budget, count=size)
    notes, after = condensing.notes_before(session, turn=session.turn_count, vault=vault)
    before = BEFORE + notes
    if notes and not is_whole and size(before) <= budget:
        lines, _ = _fitting(_lines(session, vault=vault, after=after), budget=budget - size(before), count=size)
        lines.append(before)
    if not lines:
        raise ContextTooLong
    conversation = "\n\n".join([*reversed(lines), CLOSING])
    messages = (Message(Role.SYSTEM, prompt), Message(Role.USER, conversation))
    return Request(provider=provider, model=model, messages=messages, sampling=Sampling(max_tokens=MAX_TOKENS))


def _lines(session: ChatSession, *, vault: Vault, after: int = -1) -> Iterator[str]:
    """Newest first."""
    for _number, message in history.said_newest_first(session, vault=vault, up_to=session.turn_count, after=after):
        yield f"{'Person' if message.role == Role.USER else session.assistant.name}: {message.text}"


def _fitting(lines: Iterable[str], *, budget: int, count: Callable[[str], int]) -> tuple[list[str], bool]:
    """The first ones that take no more than `budget` tokens, and whether these are all."""
    taken: list[str] = []
    for line in lines:
        budget -= count(line)  # with the frame of a message of its own: more than the blank line that it gets
        if budget < 0:
            return taken, False
        taken.append(line)
    return taken, True


def _store(session: ChatSession, **values: Any) -> None:
    """Unless it was asked for anew meanwhile: then that job's word counts."""
    mine = ChatSession.objects.filter(pk=session.pk, recap_state=State.PENDING, recap_asked_at=session.recap_asked_at)
    mine.update(**values)
