"""What a chat is called: a title made from the first exchange, or given by the visitor; sealed like all that is said."""

import logging
from datetime import datetime
from uuid import UUID

from accounts import relay
from chats import background, guarding, history
from chats.counting import counter
from chats.models import ChatSession, Reply
from chats.sealing import Vault, vault_of
from gptlab import crypto
from gptlab.errors import Unavailable
from gptlab.llm import catalog
from gptlab.llm.errors import UpstreamError
from gptlab.llm.messages import Message, Request, Role, Sampling

logger = logging.getLogger(__name__)

JOB = "title"  # the relay's kind
LONGEST = 80  # characters
ENOUGH = 1_500  # characters of each message: a title needs no more
MAX_TOKENS = 40
PROMPT = (
    "You give conversations their titles. Answer with the title alone: three to seven words that say what this one is about, "
    "in its own language, without quotation marks and without a full stop."
)


def title_of(session: ChatSession, *, vault: Vault) -> str:
    """Empty where there is none, or none that opens: pages then show the assistant and the time."""
    if not session.sealed_title:
        return ""
    try:
        return vault.open_title(session.sealed_title, session_id=session.pk)
    except crypto.Damaged:
        return ""


def fit_title(text: str) -> str:
    """One line without what does not show, at most so long as a heading may be."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def copied_title(session: ChatSession, copy: ChatSession, *, vault: Vault) -> str:
    """A session's title, sealed for another session."""
    title = title_of(session, vault=vault)
    return vault.seal_title(title, session_id=copy.pk) if title else ""


def ask_for_title(*, reply_id: UUID, credential: relay.Credential, now: datetime) -> UUID | None:
    """The id of the job that is to make the title of the reply's session; None where none is wanted.

    It is asked for once, when the first exchange has ended well. Nothing is lost when it fails: a chat without a title shows
    its assistant and its time.
    """
    try:
        with background.job_trusted_with(credential, kind=JOB) as job_id:
            untitled = ChatSession.objects.filter(
                sealed_title="", title_asked_at=None, replies__pk=reply_id, replies__state=Reply.State.DONE
            )
            if untitled.update(title_asked_at=now):
                return job_id
            background.forget(kind=JOB, job_id=job_id)
    except Unavailable:
        pass
    return None


def make_title(*, session_id: UUID, job_id: UUID) -> None:
    """Runs in workers. A title that the visitor gave meanwhile stays."""
    with background.once(kind=JOB, job_id=job_id) as is_mine:
        session = ChatSession.objects.select_related("version", "assistant").filter(pk=session_id).first()
        if is_mine and session is not None:
            _make_title(session, job_id=job_id)


def _make_title(session: ChatSession, *, job_id: UUID) -> None:
    try:
        credential = relay.take(kind=JOB, job_id=job_id, user_id=session.user_id)
        vault = vault_of(credential)
        request = title_request(session, vault=vault, provider=credential.provider)
        completion = background.ask(request, api_key=credential.api_key)
    except (UpstreamError, Unavailable, relay.Gone, catalog.UnknownProvider) as error:
        logger.info("no title for session %s: %s", session.pk, type(error).__name__)
    else:
        title = fit_title(completion.text.strip().strip("\"“”„«»'*#"))
        if title and not guarding.gives_away(title, session=session):
            sealed = vault.seal_title(title, session_id=session.pk)
            ChatSession.objects.filter(pk=session.pk, sealed_title="").update(sealed_title=sealed)


def title_request(session: ChatSession, *, vault: Vault, provider: str) -> Request:
    """Of the first message and what was answered, as much as fits; neither prompt of the assistant is in it."""
    batch = next(history.batches(session, vault=vault))
    first = next((exchange for exchange in batch if exchange.turn.text), batch[0])
    answer = first.reply.text if first.reply is not None else ""
    model = session.model_used_last()
    info = catalog.model(provider, model)
    count, enough = counter(info), ENOUGH
    while True:
        said = f"{(first.turn.text or '')[:enough]}\n\n---\n\n{answer[:enough]}"
        messages = (Message(Role.SYSTEM, PROMPT), Message(Role.USER, said))
        if not enough or sum(count(message) for message in messages) <= info.input_budget(MAX_TOKENS):
            break
        enough //= 2
    return Request(provider=provider, model=model, messages=messages, sampling=Sampling(max_tokens=MAX_TOKENS, temperature=0.3))
