"""A chat from its transcript: read, sealed for its new place, stored at once. The ids are new, the times are kept."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from assistants.errors import Retired, Unfinished, UnknownCode
from assistants.meeting import meet
from assistants.models import Assistant, Version
from chats.conversation.lookup import parsed_or_none
from chats.errors import UnfitTranscript
from chats.models import ChatSession, Reply, Turn
from chats.naming import fit_title
from chats.sealing import Vault, vault_of
from chats.transcript_reading import Line, Transcript, read
from gptlab import rate_limits

DAMAGED = "-"  # a token that opens nowhere


def import_transcript(*, user: User, visit: Visit, data: bytes, client_id: str, now: datetime) -> ChatSession:
    """The new session, with the assistant that the transcript names. The same form sent twice is one session.

    Raises UnfitTranscript, Limited.
    """
    form_id = parsed_or_none(client_id)
    if (again := _imported_before(user, form_id)) is not None:
        return again
    rate_limits.hit("import", key=str(user.pk), limit="60/hour")
    transcript = read(data, now=now)
    assistant, version = _met(transcript, user=user)
    session = ChatSession(user=user, assistant=assistant, version=version, client_id=form_id, status=transcript.status)
    rows = _Rows(session, transcript, vault=vault_of(visit), now=now)
    try:
        with transaction.atomic():
            rows.save()
    except IntegrityError:  # two at once: the constraint lets one through; this is the other
        if (again := _imported_before(user, form_id)) is not None:
            return again
        raise
    return session


def _imported_before(user: User, client_id: UUID | None) -> ChatSession | None:
    return ChatSession.objects.owned_by(user).filter(client_id=client_id).first() if client_id else None


def _met(transcript: Transcript, *, user: User) -> tuple[Assistant, Version]:
    try:
        return meet(transcript.code, user=user)
    except (UnknownCode, Unfinished):
        words = _(
            "This chat was with “%(name)s” (code %(code)s), whom you can’t meet here. "
            "Ask whoever made that assistant to open it, then import the transcript again."
        )
    except Retired:
        words = _("This chat was with “%(name)s”, who is retired and takes no new chats, so it can’t be imported any more.")
    raise UnfitTranscript(words % {"name": transcript.name, "code": transcript.code})


class _Rows:
    """All that the session is made of, sealed before any lock is taken: a long chat takes a second."""

    def __init__(self, session: ChatSession, transcript: Transcript, *, vault: Vault, now: datetime) -> None:
        self._session, self._vault = session, vault
        self._turns: list[Turn] = []
        self._replies: list[Reply] = []
        for lines in _turns(transcript):
            self._add(lines)
        session.turn_count = self._turns[-1].number + 1
        session.started_at, session.last_turn_at = transcript.started_at, self._turns[-1].created_at
        if title := fit_title(transcript.title):
            session.sealed_title, session.title_asked_at = vault.seal_title(title, session_id=session.pk), now
        if transcript.recap:
            session.sealed_recap = vault.seal_recap(transcript.recap, session_id=session.pk)
            session.recap_state = ChatSession.Recap.DONE

    def save(self) -> None:
        self._session.save(force_insert=True)
        Turn.objects.bulk_create(self._turns)
        Reply.objects.bulk_create(self._replies)

    def _add(self, lines: list[Line]) -> None:
        first, last = lines[0], lines[-1]
        sealed = None if first.is_reply else self._sealed_message(first)
        turn = Turn(session=self._session, number=first.turn, sealed_text=sealed, created_at=first.at)
        self._turns.append(turn)
        if last.is_reply:
            self._replies.append(self._reply(last, turn))

    def _sealed_message(self, line: Line) -> str:
        if line.text is None:
            return DAMAGED
        return self._vault.seal_turn(line.text, session_id=self._session.pk, turn=line.turn)

    def _reply(self, line: Line, turn: Turn) -> Reply:
        sealed = DAMAGED if line.text is None else ""
        if line.text:
            sealed = self._vault.seal_reply(line.text, session_id=self._session.pk, turn=line.turn, variant=line.variant)
        return Reply(
            session=self._session,
            turn=turn,
            variant=line.variant,
            state=line.state,
            sealed_text=sealed,
            model=line.model,
            liked=line.liked,
            sent_at=line.at,
            created_at=line.at,
            ended_at=line.at,
        )


def _turns(transcript: Transcript) -> Iterator[list[Line]]:
    return (list(lines) for _turn, lines in groupby(transcript.lines, key=lambda line: line.turn))
