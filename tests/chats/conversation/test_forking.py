import uuid

import pytest
from django.db import connection

from chats import condensing, conversation, history
from chats.errors import Busy, NothingToFork
from chats.models import ChatSession, Digest, Memory, Reply, Turn
from gptlab import crypto
from gptlab.errors import Missing
from tests.chats.conftest import NOW, visit_of
from tests.chats.talking import answer, say, told, vault_of

pytestmark = pytest.mark.django_db


def fork(user, visit, session, turn, *, with_reply=True, client_id=""):
    return conversation.fork(
        user=user, visit=visit, session_id=session.pk, turn=turn, with_reply=with_reply, client_id=str(client_id), now=NOW
    )


def test_a_fork_begins_as_the_first_chat_did_and_both_go_their_way(alice, visit, session):
    copy = fork(alice, visit, session, 1)
    assert told(copy, visit) == [(None, "Welcome"), ("one", "re: one")]
    answer(visit, say(alice, visit, copy, "otherwise").reply, "fine")
    assert told(copy, visit)[-1] == ("otherwise", "fine")
    assert told(session, visit) == [(None, "Welcome"), ("one", "re: one"), ("two", "re: two")]


def test_a_fork_is_sealed_under_keys_of_its_own(alice, visit, session):
    copy = fork(alice, visit, session, 2)
    assert not {turn.sealed_text for turn in copy.turns.all()} & {turn.sealed_text for turn in session.turns.all() if turn.number}
    original = session.replies.get(turn__number=1)
    vault = vault_of(visit)
    assert vault.open_reply(original.sealed_text, session_id=session.pk, turn=1, variant=1) == "re: one"
    copied = copy.replies.get(turn__number=1)
    assert vault.open_reply(copied.sealed_text, session_id=copy.pk, turn=1, variant=1) == "re: one"


def test_a_fork_from_a_message_leaves_its_reply_out(alice, visit, session):
    assert told(fork(alice, visit, session, 1, with_reply=False), visit) == [(None, "Welcome"), ("one", None)]


def test_a_fork_takes_what_counts_and_numbers_it_anew(alice, visit, session, last):
    said = conversation.edit(
        user=alice, visit=visit, session_id=session.pk, turn=2, text="too", client_id=str(uuid.uuid4()), now=NOW
    )
    answer(visit, said.reply, "re: too")
    better = conversation.regenerate(user=alice, visit=visit, session_id=session.pk, turn=3, client_id="", now=NOW).reply
    answer(visit, better, "better")
    copy = fork(alice, visit, session, 3)
    assert told(copy, visit) == [(None, "Welcome"), ("one", "re: one"), ("too", "better")]
    assert [turn.number for turn in copy.turns.order_by("number")] == [0, 1, 2]
    assert (copy.turn_count, copy.replies.filter(variant=1, chosen=True).count()) == (3, 3)


def test_a_fork_keeps_the_assistant_its_version_the_model_and_the_title(alice, visit, session):
    sealed = vault_of(visit).seal_title("On ice", session_id=session.pk)
    ChatSession.objects.filter(pk=session.pk).update(model_override="gpt-4.1-mini", sealed_title=sealed, liked=True)
    copy = fork(alice, visit, session, 2)
    assert (copy.version, copy.model_override, copy.forked_from_id) == (session.version, "gpt-4.1-mini", session.pk)
    assert vault_of(visit).open_title(copy.sealed_title, session_id=copy.pk) == "On ice"
    assert (copy.status, copy.liked) == ("started", None)


def test_a_fork_goes_on_when_the_first_chat_is_deleted(alice, visit, session):
    copy = fork(alice, visit, session, 2)
    session.delete()
    copy.refresh_from_db()
    assert (copy.forked_from, len(told(copy, visit))) == (None, 3)


def test_what_is_damaged_is_damaged_in_the_fork_too(alice, visit, session):
    Turn.objects.filter(session=session, number=1).update(sealed_text="nothing")
    Reply.objects.filter(session=session, turn__number=0).update(sealed_text="nothing")
    copy = fork(alice, visit, session, 2)
    (opened,) = history.batches(copy, vault=vault_of(visit))
    assert [(one.turn.damaged, one.reply.damaged) for one in opened] == [(False, True), (True, False), (False, False)]


def test_a_fork_may_be_made_of_what_came_before_a_live_reply(alice, visit, session):
    said = say(alice, visit, session, "three")
    assert len(told(fork(alice, visit, session, 2), visit)) == 3
    assert told(fork(alice, visit, session, said.turn.number, with_reply=False), visit)[-1] == ("three", None)
    with pytest.raises(Busy):
        fork(alice, visit, session, said.turn.number)


@pytest.mark.parametrize("turn", [3, 99])
def test_there_is_no_fork_from_where_nothing_was_said(alice, visit, session, turn):
    with pytest.raises(NothingToFork):
        fork(alice, visit, session, turn)


def test_the_same_form_twice_is_one_fork(alice, visit, session):
    form_id = uuid.uuid4()
    assert fork(alice, visit, session, 2, client_id=form_id) == fork(alice, visit, session, 2, client_id=form_id)
    assert ChatSession.objects.count() == 2


def test_a_foreign_chat_is_not_forked(bob, session):
    with pytest.raises(Missing):
        fork(bob, visit_of(bob), session, 1)


def test_a_concluded_chat_can_be_forked_and_the_fork_is_open(alice, visit, session):
    ChatSession.objects.update(status="completed")
    assert fork(alice, visit, session, 2).is_open


def test_a_long_chat_is_forked_whole(alice, visit, session, monkeypatch):
    monkeypatch.setattr(history, "BATCH", 2)
    assert told(fork(alice, visit, session, 2), visit) == told(session, visit)


def noted(session, visit, *, covers_to):
    """Notes on the session's turns up to this one, and how full its memory is."""
    digest = Digest(id=uuid.uuid4(), session=session, covers_to=covers_to, tokens_before=90, tokens_after=9, created_at=NOW)
    digest.sealed_summary = vault_of(visit).seal_digest("One was said.", session_id=session.pk, digest_id=digest.pk)
    digest.edited = True
    digest.save()
    values = {"tokens": 300, "prompt_tokens": 60, "budget": 1_748, "since": covers_to + 1, "begins": 1_200, "quiet_until": 9}
    Memory.objects.create(session=session, **values)


def test_a_fork_keeps_the_notes_of_what_it_begins_with_under_its_own_numbers(alice, visit, session):
    said = conversation.edit(
        user=alice, visit=visit, session_id=session.pk, turn=2, text="too", client_id=str(uuid.uuid4()), now=NOW
    )
    answer(visit, said.reply, "re: too")
    answer(visit, say(alice, visit, session, "four").reply, "re: four")
    noted(session, visit, covers_to=3)
    copy = fork(alice, visit, session, 4)
    notes = condensing.notes_of(copy, vault=vault_of(visit))
    assert (notes.text, notes.row.covers_to, notes.row.edited) == ("One was said.", 2, True)
    memory = copy.memory
    assert (memory.tokens, memory.since, memory.begins, memory.quiet_until) == (300, 3, 1_200, 8)
    assert condensing.notes_of(session, vault=vault_of(visit)).row.covers_to == 3


def test_a_fork_from_within_what_the_notes_cover_has_none_and_sees_the_full_turns(alice, visit, session):
    noted(session, visit, covers_to=1)
    copy = fork(alice, visit, session, 1)
    assert condensing.notes_of(copy, vault=vault_of(visit)) is None
    assert copy.memory.since is None
    assert 60 < copy.memory.tokens < 90


def test_a_fork_keeps_what_moderation_and_the_leak_guard_found(alice, visit, session):
    sealed = vault_of(visit).seal_flags("violence\nhate", session_id=session.pk, turn=1)
    Turn.objects.filter(session=session, number=1).update(sealed_flags=sealed)
    Reply.objects.filter(session=session, turn__number=1).update(guard="verbatim")
    (opened,) = history.batches(fork(alice, visit, session, 2), vault=vault_of(visit))
    assert [one.turn.flags for one in opened] == [None, ("violence", "hate"), None]
    assert [one.reply.row.guard for one in opened] == ["", "verbatim", ""]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_opened_or_sealed_while_the_lock_of_the_database_is_held(alice, visit, session, monkeypatch):
    held = []
    for name in ("seal_text", "unseal_text"):
        worked = getattr(crypto, name)
        monkeypatch.setattr(crypto, name, lambda *args, do=worked: held.append(connection.in_atomic_block) or do(*args))
    fork(alice, visit, session, 2)
    assert held
    assert not any(held)


def test_a_chat_that_is_changed_while_it_is_read_is_read_again(alice, visit, session, monkeypatch):
    batches, reads = history.batches, []

    def meanwhile(*args, **named):
        yield from list(batches(*args, **named))
        reads.append(1)
        if len(reads) == 1:
            Turn.objects.filter(session=session, number=1).update(superseded=True)

    monkeypatch.setattr(history, "batches", meanwhile)
    copy = fork(alice, visit, session, 2)
    monkeypatch.undo()
    assert (len(reads), told(copy, visit)) == (2, [(None, "Welcome"), ("two", "re: two")])
