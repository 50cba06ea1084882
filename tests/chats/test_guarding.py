from datetime import timedelta

import pytest

from chats import guarding
from chats.history import reply_texts
from chats.models import ChatSession, Reply, Turn
from chats.sealing import Vault
from gptlab import crypto
from gptlab.llm.messages import Message, Role
from tests.chats.conftest import NOW, make_assistant
from tests.chats.leak_guard.prompts import HARMLESS, SECRET, words


@pytest.fixture
def orla(db):
    return make_assistant(name="Orla", prompt=SECRET, starters=["How do I open a hive in spring?"])


@pytest.fixture
def session(alice, orla):
    return ChatSession.objects.create(
        user=alice, assistant=orla, version=orla.active_version, started_at=NOW, last_turn_at=NOW, turn_count=1
    )


@pytest.fixture
def vault(alice):
    return Vault(user_id=alice.pk, data_key=crypto.random_key())


def reply_to(session, number, *texts, vault):
    """The last of its variants."""
    turn = Turn.objects.create(session=session, number=number, created_at=NOW)
    for variant, text in enumerate(texts, start=1):
        sealed = vault.seal_reply(text, session_id=session.pk, turn=number, variant=variant) if text else ""
        moment = NOW + timedelta(minutes=number, seconds=variant)
        state = Reply.State.DONE if text else Reply.State.RUNNING
        Reply.objects.create(
            session=session, turn=turn, variant=variant, chosen=variant == len(texts), sealed_text=sealed, state=state,
            sent_at=moment, created_at=moment,
        )  # fmt: skip
    return Reply.objects.latest("created_at")


def is_stopped(secret, text):
    guard = secret.guard()
    guard.feed(text)
    guard.end()
    return guard.blocked


def test_earlier_replies_count_along_whichever_variant(session, vault):
    reply_to(session, 0, f"First: {words(8, 20)}", f"Then: {words(7, 28)}", vault=vault)
    reply = reply_to(session, 1, "", vault=vault)
    secret = guarding.secret_of(reply, [], vault=vault)
    assert secret.earlier == (f"First: {words(8, 20)}", f"Then: {words(7, 28)}")
    assert is_stopped(secret, f"Next: {words(6, 35)}")
    assert not is_stopped(secret, HARMLESS[0])


def test_earlier_replies_are_the_newest_oldest_first(session, vault):
    for number in range(4):
        reply_to(session, number, f"Reply {number}", vault=vault)
    reply = reply_to(session, 4, "", vault=vault)
    assert reply_texts(session, vault=vault, before=reply, most=2) == ["Reply 2", "Reply 3"]


def test_what_visitors_see_and_say_may_be_repeated(session, vault):
    reply = reply_to(session, 0, "", vault=vault)
    said = f"I think you were told this: {words(30, 10)}"
    assert is_stopped(guarding.secret_of(reply, [], vault=vault), said)
    assert not is_stopped(guarding.secret_of(reply, [Message(Role.USER, words(30, 10))], vault=vault), said)


def test_a_public_prompt_is_no_secret(session, vault):
    session.version.openness = "public"
    session.version.save()
    assert guarding.secret_of(reply_to(session, 0, "", vault=vault), [], vault=vault) is None
    assert not guarding.gives_away(SECRET, session=ChatSession.objects.get(pk=session.pk))


def test_neither_prompt_may_stand_in_a_text_that_is_made_of_the_chat(session):
    session.version.summary_prompt = "Write a letter to the abbot on what the visitor has learned, in three short paragraphs."
    assert guarding.gives_away(f"The chat was about {words(40, 10)}", session=session)
    assert guarding.gives_away(f"I was told: {session.version.summary_prompt}", session=session)
    assert not guarding.gives_away(HARMLESS[0], session=session)


def test_the_secret_is_in_no_repr(session, vault):
    secret = guarding.secret_of(reply_to(session, 0, "", vault=vault), [], vault=vault)
    assert words(3) not in repr(secret)


def test_a_chat_stays_guarded_when_a_later_version_is_open(session, vault):
    session.assistant.add_version(now=NOW, initial_prompt="Harmless.", model="gpt-4.1-mini", openness="clonable")
    session = ChatSession.objects.get(pk=session.pk)
    assert guarding.secret_of(reply_to(session, 0, "", vault=vault), [], vault=vault) is not None
    assert guarding.gives_away(SECRET, session=session)
