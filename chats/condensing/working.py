"""A worker condenses one session: read, ask the model, adopt. Whatever goes wrong leaves the chat as it was."""

import logging
from datetime import datetime
from uuid import UUID

from accounts import relay
from chats import background, guarding
from chats.condensing import jobs
from chats.condensing.adopting import adopt
from chats.condensing.reading import WORTH_PART, Source, read
from chats.condensing.summarising import NotGood, Task, summarise, summary_tokens
from chats.counting import counter
from chats.models import ChatSession, Memory
from chats.sealing import vault_of
from gptlab import crypto
from gptlab.errors import Unavailable
from gptlab.llm import catalog
from gptlab.llm.errors import UpstreamError
from gptlab.llm.messages import Completion, Message, Request, Role, Sampling

logger = logging.getLogger(__name__)


def condense(*, session_id: UUID, job_id: UUID, now: datetime) -> None:
    """Holds no database connection while the model writes."""
    claim_id = jobs.claim(session_id=session_id, job_id=job_id)
    session = ChatSession.objects.select_related("version", "assistant").filter(pk=session_id).first()
    if session is None:  # deleted meanwhile
        background.forget(kind=jobs.JOB, job_id=job_id)
        return
    if claim_id is None:
        return
    try:
        credential = relay.take(kind=jobs.JOB, job_id=job_id, user_id=session.user_id)
        _Work(session, credential).do(now=now)
    except (relay.Gone, Unavailable):
        logger.info("session %s is not condensed: its credential is gone", session_id)
    except (UpstreamError, NotGood, crypto.Damaged, catalog.UnknownProvider) as error:
        logger.info("session %s is not condensed: %s", session_id, type(error).__name__)
        jobs.put_off(session_id=session_id, turn=session.turn_count - 1)
    finally:
        jobs.end(session_id=session_id, claim_id=claim_id)
        background.forget(kind=jobs.JOB, job_id=job_id)


class _Work:
    """With the model that the chat uses, in the visitor's name."""

    def __init__(self, session: ChatSession, credential: relay.Credential) -> None:
        self._session, self._credential = session, credential
        self._vault = vault_of(credential)
        self._model = session.model_used_last()
        self._info = catalog.model(credential.provider, self._model)
        self._count = counter(self._info)
        self._summary_tokens = summary_tokens(self._info.context_window)

    def do(self, *, now: datetime) -> None:
        budget = self._info.input_budget(self._session.version.max_tokens)
        source = read(self._session, vault=self._vault, budget=budget, count=self._count)
        if source is None or not self._is_needed(source, budget=budget):
            return
        notes, covers_to = summarise(self._task(), source.dropped, notes=source.notes)
        if guarding.gives_away(notes, session=self._session):  # notes are shown to the visitor
            raise NotGood
        is_adopted = adopt(
            self._session,
            source,
            notes,
            vault=self._vault,
            covers_to=covers_to,
            tokens=self._takes(notes),
            model=self._model,
            now=now,
        )
        if not is_adopted:  # it was paid for all the same
            jobs.put_off(session_id=self._session.pk, turn=self._session.turn_count - 1)

    def _is_needed(self, source: Source, *, budget: int) -> bool:
        """Asked again, exactly: another job may have been here since."""
        memory = Memory.objects.filter(session=self._session).first()
        if memory is None:  # the chat was deleted meanwhile
            return False
        total = memory.prompt_tokens + self._takes(source.notes) + source.dropped_tokens + source.kept_tokens
        return memory.begins is not None and total > memory.begins and source.dropped_tokens * WORTH_PART >= budget

    def _takes(self, notes: str) -> int:
        return self._count(Message(Role.USER, notes)) if notes else 0

    def _task(self) -> Task:
        return Task(
            prompt=self._session.version.summary_prompt.strip(),
            budget=self._info.input_budget(self._summary_tokens),
            summary_tokens=self._summary_tokens,
            count=self._count,
            ask=self._ask,
        )

    def _ask(self, messages: tuple[Message, Message]) -> Completion:
        sampling = Sampling(max_tokens=self._summary_tokens, temperature=0.3)
        request = Request(self._credential.provider, self._model, messages, sampling)
        return background.ask(request, api_key=self._credential.api_key)
