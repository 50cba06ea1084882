import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import relay
from assistants.models import Version
from chats import conversation, naming
from chats.counting import counter
from chats.models import ChatSession
from gptlab.errors import Missing
from gptlab.llm import catalog
from gptlab.llm.messages import Completion, FinishReason, Usage
from tests.chats.conftest import NOW, visit_of
from tests.chats.talking import answer, end, say, start, vault_of

db = pytest.mark.django_db


@pytest.fixture
def first(alice, visit, sam):
    """The reply to the first message."""
    opening = answer(visit, start(alice, visit, sam), "Welcome")
    return answer(visit, say(alice, visit, opening.session, "Why does ice float?").reply, "Because it is lighter.")


def credential(visit):
    return relay.Credential(visit.user_id, visit.provider, visit.api_key, visit.data_key)


def ask(visit, reply):
    return naming.ask_for_title(reply_id=reply.pk, credential=credential(visit), now=NOW)


def title(session, visit):
    session.refresh_from_db()
    return naming.title_of(session, vault=vault_of(visit))


@given(st.text())
def test_a_title_is_one_line_of_things_that_show(text):
    fitted = naming.fit_title(text)
    assert len(fitted) <= naming.LONGEST
    assert fitted.isprintable()
    assert fitted == naming.fit_title(fitted)


def test_a_long_title_says_that_it_goes_on():
    assert naming.fit_title("word " * 100).endswith("word…")


@db
def test_a_title_is_asked_for_once_after_the_first_exchange(alice, visit, first):
    job_id = ask(visit, first)
    assert relay.take(kind="title", job_id=job_id, user_id=alice.pk).data_key == visit.data_key
    assert ask(visit, first) is None


@db
def test_no_title_is_asked_for_when_the_reply_failed_or_the_visitor_gave_one(alice, visit, first):
    end(first, "failed")
    assert ask(visit, first) is None
    end(first, "done")
    conversation.rename(user=alice, visit=visit, session_id=first.session_id, title="Mine")
    assert ask(visit, first) is None


@db
def test_the_model_sees_the_first_exchange_and_no_prompt(alice, visit, first):
    answer(visit, say(alice, visit, first.session, "And steam?").reply, "It rises.")
    asked = naming.title_request(first.session, vault=vault_of(visit), provider="openai")
    assert asked.messages[1].text == "Why does ice float?\n\n---\n\nBecause it is lighter."
    assert "Ask until they find it" not in str([message.text for message in asked.messages])


@db
def test_of_long_texts_so_much_goes_into_the_title_request_as_fits(alice, visit, sam, settings, tmp_path):
    settings.MODELS_FILE = str(tmp_path / "models.toml")
    (tmp_path / "models.toml").write_text("[openai.'gpt-4.1-mini']\ncontext_window = 512\n")
    info = catalog.model("openai", "gpt-4.1-mini")
    opening = answer(visit, start(alice, visit, sam), "Welcome")
    reply = answer(visit, say(alice, visit, opening.session, "喝茶 " * 50).reply, "牛奶 " * 600)
    asked = naming.title_request(reply.session, vault=vault_of(visit), provider="openai")
    assert 200 < sum(map(counter(info), asked.messages)) <= info.input_budget(asked.sampling.max_tokens)


@db
def test_a_title_that_gives_a_prompt_away_is_not_kept(visit, first, monkeypatch):
    secret = "Zanzibar clocks purr under velvet moons daily."
    Version.objects.update(initial_prompt=secret)
    monkeypatch.setattr(naming.background, "ask", lambda *_, **__: Completion(secret, FinishReason.STOP, Usage(1, 1)))
    naming.make_title(session_id=first.session_id, job_id=ask(visit, first))
    assert title(first.session, visit) == ""


@pytest.mark.django_db(transaction=True)
def test_a_title_is_made_sealed_and_the_credential_forgotten(alice, visit, first, upstream):
    job_id = ask(visit, first)
    naming.make_title(session_id=first.session_id, job_id=job_id)
    assert title(first.session, visit) == "On Why does ice float?"
    assert "ice" not in ChatSession.objects.get().sealed_title
    with pytest.raises(relay.Gone):
        relay.take(kind="title", job_id=job_id, user_id=alice.pk)


@pytest.mark.django_db(transaction=True)
def test_a_title_that_the_visitor_gave_meanwhile_stays(alice, visit, first, upstream):
    job_id = ask(visit, first)
    conversation.rename(user=alice, visit=visit, session_id=first.session_id, title="Mine")
    naming.make_title(session_id=first.session_id, job_id=job_id)
    assert title(first.session, visit) == "Mine"


@pytest.mark.django_db(transaction=True)
def test_a_title_that_can_not_be_made_does_no_harm(alice, visit, sam, upstream):
    opening = answer(visit, start(alice, visit, sam), "Welcome")
    reply = answer(visit, say(alice, visit, opening.session, "[[title=status:500]] Hello").reply, "Yes.")
    naming.make_title(session_id=reply.session_id, job_id=ask(visit, reply))
    assert title(reply.session, visit) == ""


@pytest.mark.django_db(transaction=True)
def test_a_title_job_that_is_delivered_twice_asks_the_model_once(visit, first, upstream, monkeypatch):
    job_id, asked, ask_model = ask(visit, first), [], naming.background.ask

    def delivered_again(*arguments, **named):
        asked.append(1)
        if len(asked) == 1:
            naming.make_title(session_id=first.session_id, job_id=job_id)
        return ask_model(*arguments, **named)

    monkeypatch.setattr(naming.background, "ask", delivered_again)
    naming.make_title(session_id=first.session_id, job_id=job_id)
    assert (len(asked), title(first.session, visit)) == (1, "On Why does ice float?")


@db
def test_the_credential_of_a_title_outlives_no_deleted_chat(alice, visit, first):
    job_id = ask(visit, first)
    session_id = first.session_id
    first.session.delete()
    naming.make_title(session_id=session_id, job_id=job_id)
    with pytest.raises(relay.Gone):
        relay.take(kind="title", job_id=job_id, user_id=alice.pk)


@db
def test_without_a_credential_there_is_no_title(visit, first):
    job_id = ask(visit, first)
    relay.erase(kind="title", job_id=job_id)
    naming.make_title(session_id=first.session_id, job_id=job_id)
    assert title(first.session, visit) == ""


@db
def test_a_title_can_be_given_changed_and_taken_away(alice, visit, first):
    for wanted, kept in ((" On\n<b>ice</b> ", "On <b>ice</b>"), ("x" * 500, "x" * 79 + "…"), ("\0", ""), ("", "")):
        session = conversation.rename(user=alice, visit=visit, session_id=first.session_id, title=wanted)
        assert title(session, visit) == kept


@db
def test_a_foreign_chat_is_not_renamed(bob, first):
    with pytest.raises(Missing):
        conversation.rename(user=bob, visit=visit_of(bob), session_id=first.session_id, title="Mine")


@db
def test_a_title_that_does_not_open_is_none(visit, first):
    ChatSession.objects.update(sealed_title="nothing")
    assert title(first.session, visit) == ""
