import threading
import uuid

import pytest
from django.db import connections
from django.utils import timezone

from accounts import relay
from assistants.models import Version
from chats import condensing, memory
from chats.condensing import jobs
from chats.models import Digest, Memory, Reply, Turn
from chats.replying.asking import ask
from gptlab.llm import errors
from gptlab.llm.messages import FinishReason
from tests.chats.leak_guard.prompts import SECRET
from tests.chats.talking import end, say, told

pytestmark = pytest.mark.django_db


def asked_now(chat, text="And now?"):
    """What the model is told when the visitor goes on."""
    reply = say(chat.user, chat.visit, chat.session, text).reply
    reply = Reply.objects.select_related("turn", "session__assistant").get(pk=reply.pk)
    return [message.text for message in ask(reply, chat.credential)[0].messages]


def test_the_context_becomes_the_notes_and_the_last_four_messages(chat, model):
    before = told(chat.session, chat.visit)
    notes = chat.condense()
    assert (notes.text, notes.row.covers_to, notes.row.active, notes.row.edited) == ("They drink tea.", 10, True, False)
    _, noted, _, *said = asked_now(chat)
    assert "They drink tea." in noted
    assert [text.split(" tea")[0].split(" milk")[0] for text in said] == [
        "mine 11",
        "theirs 11",
        "mine 12",
        "theirs 12",
        "And now?",
    ]
    assert told(chat.session, chat.visit)[:-1] == before  # the transcript is not shortened


def test_the_request_carries_the_assistants_prompt_and_each_message_that_drops_and_no_other(chat, model):
    chat.condense()
    [(system, user)] = model.asked
    assert system.text.startswith("Write what the learner found.")
    for number in range(1, 11):
        assert f"User: mine {number} tea" in user.text
        assert f"Assistant: theirs {number} milk" in user.text
    assert "mine 11 " not in user.text
    assert "Ask until they find it." not in system.text + user.text


def test_a_summary_of_a_summary_carries_the_one_before_and_only_what_drops_since(chat, model):
    chat.condense()
    chat.grow(8)
    model.answer = "They drink tea and like it."
    assert chat.condense().row.covers_to == 18
    user = model.asked[1][1].text
    assert "They drink tea." in user
    assert "User: mine 11 tea" in user
    assert "User: mine 18 tea" in user
    assert "mine 10 " not in user
    assert Digest.objects.count() == 1


def test_the_numbers_before_and_after_and_the_gauge_are_those_of_the_next_request(chat):
    full = chat.memory.tokens
    row = chat.condense().row
    assert row.tokens_before > 1_000
    assert row.tokens_after < 60
    assert chat.memory.tokens < full / 2
    assert (chat.memory.since, chat.memory.digest_job) == (11, None)


def weighed(chat):
    """The tokens of a request, as its worker stores them with the memory."""
    reply = say(chat.user, chat.visit, chat.session, "And now?").reply
    reply = Reply.objects.select_related("turn", "session__assistant").get(pk=reply.pk)
    load = ask(reply, chat.credential)[1]
    memory.store(chat.session.pk, memory.with_reply(load, "Tea.", turn=reply.turn.number))
    end(reply)
    chat.session.refresh_from_db()
    return load.tokens


def test_notes_on_notes_are_weighed_once(chat, model):
    model.answer = "They drink tea. " * 40
    chat.condense()
    chat.grow(8)
    weighed(chat)
    assert chat.memory.prompt_tokens < 100  # without the notes, which take 160
    assert chat.condense().row.covers_to == 18
    told_before = chat.memory.tokens
    assert told_before - 30 < weighed(chat) < told_before + 60


@pytest.mark.parametrize(
    ("answer", "finish"),
    [("", "stop"), ("  \n", "stop"), ("They drink", "length"), ("They drink", "content_filter"), ("tea " * 3_000, "stop")],
)
def test_notes_that_are_no_good_are_not_adopted(chat, model, answer, finish):
    model.answer, model.finish = answer, FinishReason(finish)
    assert chat.condense() is None
    assert chat.memory.failures == 1


def test_notes_that_give_a_prompt_away_are_not_adopted(chat, model):
    Version.objects.update(summary_prompt=SECRET)
    model.answer = f"They drink tea. {SECRET}"
    assert chat.condense() is None
    assert chat.memory.failures == 1


@pytest.mark.parametrize("error", [errors.RateLimited(), errors.QuotaExceeded(), errors.Interrupted(), errors.TimedOut()])
def test_a_failure_leaves_the_chat_as_it_was(chat, model, error):
    model.error = error
    assert chat.condense() is None
    assert any("mine 8 " in text for text in asked_now(chat))
    assert chat.memory.digest_job is None


def test_notes_before_stay_when_newer_ones_are_no_good(chat, model):
    chat.condense()
    chat.grow(8)
    model.answer = ""
    assert chat.condense().text == "They drink tea."


def test_after_each_failure_the_pause_doubles_and_a_success_ends_that(chat, model):
    model.answer = ""
    pauses = []
    for _ in range(6):
        chat.condense()
        pauses.append(chat.memory.quiet_until - (chat.session.turn_count - 1))
        chat.grow(pauses[-1])
    assert pauses == [4, 8, 16, 32, 64, 64]
    model.answer = "They drink tea."
    chat.condense()
    assert chat.memory.failures == 0


def test_nothing_is_condensed_again_at_once(chat, model):
    chat.condense()
    last = chat.session.turn_count - 1
    chat.fill()
    assert next(turn - last for turn in range(last, last + 8) if chat.ask(turn)) == 4


def test_below_the_mark_nothing_is_asked_for(chat, begins):
    chat.fill(begins)
    assert chat.ask() is None
    chat.fill(begins + 1)
    assert chat.ask() is not None


def test_a_job_that_finds_the_memory_emptied_meanwhile_asks_nobody(chat, model):
    chat.condense()
    chat.fill()
    Memory.objects.update(quiet_until=0)
    chat.condense()
    assert len(model.asked) == 1


def test_little_that_drops_is_not_worth_a_request(chat, model):
    """A prompt of more than half the window leaves the memory over the mark for good: no reason to condense each turn."""
    chat.condense()
    chat.grow(1)
    Memory.objects.update(prompt_tokens=1_400, quiet_until=0)
    chat.condense()
    assert len(model.asked) == 1


def test_without_its_credential_a_job_does_nothing(chat, model):
    job_id = chat.ask()
    relay.erase(kind="digest", job_id=job_id)
    condensing.condense(session_id=chat.session.pk, job_id=job_id, now=chat.session.started_at)
    assert (model.asked, chat.notes(), chat.memory.failures) == ([], None, 0)


def test_a_job_is_done_once_however_often_it_is_delivered(chat, model):
    job_id = chat.ask()
    for _ in range(2):
        condensing.condense(session_id=chat.session.pk, job_id=job_id, now=chat.session.started_at)
    assert len(model.asked) == 1
    with pytest.raises(relay.Gone):
        relay.take(kind="digest", job_id=job_id, user_id=chat.user.pk)


def test_a_job_that_is_delivered_again_while_it_is_done_asks_nobody(chat, model):
    job_id = chat.ask()
    again = {"session_id": chat.session.pk, "job_id": job_id, "now": chat.session.started_at}
    model.meanwhile = lambda: condensing.condense(**again)
    condensing.condense(**again)
    assert len(model.asked) == 1


def test_a_job_that_nobody_asked_for_is_not_done(chat, model):
    chat.ask()
    condensing.condense(session_id=chat.session.pk, job_id=uuid.uuid4(), now=chat.session.started_at)
    assert model.asked == []


def test_what_is_said_meanwhile_stays_beside_the_last_four(chat, model):
    model.meanwhile = lambda: chat.grow(2)
    assert chat.condense().row.covers_to == 10
    said = asked_now(chat)[3:]
    assert [text.split(" ")[1] for text in said[:-1]] == ["11", "11", "12", "12", "13", "13", "14", "14"]


def test_a_message_that_waits_for_its_reply_does_not_count_among_the_last_four(chat):
    say(chat.user, chat.visit, chat.session, "Wait")
    chat.session.refresh_from_db()
    assert chat.condense().row.covers_to == 10


def test_a_turn_that_is_superseded_meanwhile_spoils_the_notes_and_puts_the_next_ones_off(chat, model):
    model.meanwhile = lambda: Turn.objects.filter(number=7).update(superseded=True)
    assert chat.condense() is None
    assert chat.memory.failures == 1


def test_a_first_turn_too_long_for_all_the_parts_is_not_paid_for_again_and_again(chat, model):
    sealed = chat.vault.seal_turn("tea " * 30_000, session_id=chat.session.pk, turn=0)
    Turn.objects.filter(session=chat.session, number=0).update(sealed_text=sealed)
    assert chat.condense() is None
    assert chat.memory.failures == 1
    assert chat.memory.quiet_until == chat.session.turn_count - 1 + 4
    assert model.asked == []


def test_another_reply_that_is_chosen_meanwhile_spoils_the_notes(chat, model):
    model.meanwhile = lambda: Reply.objects.filter(turn__number=7).update(chosen=False)
    assert chat.condense() is None


@pytest.mark.parametrize("what", ["edit", "set_aside", "forget_from"])
def test_what_the_visitor_does_to_the_notes_meanwhile_wins(chat, model, what):
    chat.condense()
    chat.grow(8)
    model.answer = "Other notes."
    model.meanwhile = {
        "edit": lambda: chat.edit("My words."),
        "set_aside": lambda: condensing.set_aside(chat.session),
        "forget_from": lambda: condensing.forget_from(chat.session, turn=3),
    }[what]
    chat.condense()
    notes = chat.notes()
    assert (notes and notes.text) == {"edit": "My words.", "set_aside": "They drink tea.", "forget_from": None}[what]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_notes", [False, True])
def test_of_two_that_condense_at_once_one_wins(chat, model, has_notes, monkeypatch):
    if has_notes:
        chat.condense()
        chat.grow(8)
    model.answer = "Newer."
    together = threading.Barrier(2)
    model.meanwhile = lambda: together.wait(10)
    monkeypatch.setattr(jobs, "claim", lambda **_: uuid.uuid4())  # as if a job were two
    job_id = chat.ask()
    count = len(model.asked)
    adopted = []
    adopt = condensing.working.adopt
    monkeypatch.setattr(condensing.working, "adopt", lambda *a, **k: adopted.append(adopt(*a, **k)))

    def condense():
        try:
            condensing.condense(session_id=chat.session.pk, job_id=job_id, now=chat.session.started_at)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=condense) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(model.asked) == count + 2
    assert sorted(adopted) == [False, True]
    assert Digest.objects.count() == 1


def test_damaged_notes_are_made_anew_from_the_full_turns(chat, model):
    chat.condense()
    Digest.objects.update(sealed_summary="x")
    chat.fill()
    Memory.objects.update(quiet_until=0)
    assert any("mine 8 " in text for text in asked_now(chat))
    chat.condense()
    assert "User: mine 1 tea" in model.asked[1][1].text


def test_a_reply_that_is_written_anew_before_the_notes_does_not_see_them(chat):
    chat.condense()
    reply = Reply.objects.select_related("turn", "session__assistant").get(turn__number=9)
    texts = [message.text for message in ask(reply, chat.credential)[0].messages]
    assert not any("They drink tea." in text for text in texts)


def test_database_and_broker_hold_no_word_of_the_notes(chat):
    row = chat.condense().row
    assert "tea" not in row.sealed_summary


def test_the_credential_outlives_no_deleted_chat(chat, model):
    job_id, session_id = chat.ask(), chat.session.pk
    chat.session.delete()
    condensing.condense(session_id=session_id, job_id=job_id, now=timezone.now())
    assert not model.asked
    with pytest.raises(relay.Gone):
        relay.take(kind="digest", job_id=job_id, user_id=chat.user.pk)


@pytest.mark.parametrize("has_notes", [False, True])
def test_a_chat_that_is_deleted_while_its_notes_are_made_is_deleted(chat, model, has_notes):
    if has_notes:
        chat.condense()
        chat.grow(8)
    model.meanwhile = chat.session.delete
    job_id, session_id = chat.ask(), chat.session.pk
    condensing.condense(session_id=session_id, job_id=job_id, now=timezone.now())
    assert not Digest.objects.exists()
    assert not Memory.objects.exists()
