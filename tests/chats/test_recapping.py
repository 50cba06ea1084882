import uuid

import pytest

from accounts import relay
from assistants.models import Version
from chats import conversation, recapping
from chats.models import ChatSession, Digest, Turn
from gptlab.llm import catalog, errors
from tests.chats.conftest import NOW
from tests.chats.leak_guard.prompts import SECRET
from tests.chats.talking import answer, say, start, vault_of

pytestmark = pytest.mark.django_db
in_threads = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(alice, visit, sam):
    Version.objects.update(summary_prompt="Sum it up like a pirate.")
    session = answer(visit, start(alice, visit, sam), "Welcome").session
    for word in ("one", "two", "three"):
        answer(visit, say(alice, visit, session, word).reply, f"re: {word}")
    return ChatSession.objects.get()


def conclude(alice, visit, session):
    return conversation.conclude(user=alice, visit=visit, session_id=session.pk, now=NOW).job_id


def recap(visit):
    session = ChatSession.objects.get()
    return session.recap_state, recapping.open_recap(session, vault=vault_of(visit))


def test_the_model_is_told_the_summary_prompt_and_all_that_was_said(visit, session):
    asked = recapping.request(session, vault=vault_of(visit), provider="openai")
    system, user = (message.text for message in asked.messages)
    assert system == "Sum it up like a pirate."
    expected = "Socratic Sam: Welcome\n\nPerson: one\n\nSocratic Sam: re: one\n\nPerson: two\n\nSocratic Sam: re: two"
    assert user.startswith(expected)
    assert user.endswith(recapping.CLOSING)
    assert "Ask until they find it" not in system + user


def test_an_assistant_without_a_summary_prompt_gets_the_usual_one(visit, session):
    Version.objects.update(summary_prompt=" ")
    asked = recapping.request(ChatSession.objects.get(), vault=vault_of(visit), provider="openai")
    assert asked.messages[0].text == recapping.USUAL_PROMPT


def test_what_is_superseded_or_damaged_is_not_in_the_recap(visit, session):
    Turn.objects.filter(number=1).update(superseded=True)
    Turn.objects.filter(number=2).update(sealed_text="nothing")
    text = recapping.request(session, vault=vault_of(visit), provider="openai").messages[1].text
    assert "one" not in text
    assert "Person: two" not in text
    assert "re: two" in text


def test_of_a_chat_that_does_not_fit_the_end_goes_in(visit, session, settings, tmp_path):
    settings.MODELS_FILE = str(tmp_path / "models.toml")
    (tmp_path / "models.toml").write_text("[openai.'gpt-4.1-mini']\ncontext_window = 128\n")
    text = recapping.request(session, vault=vault_of(visit), provider="openai").messages[1].text
    assert "re: three" in text
    assert "Welcome" not in text


def test_of_a_chat_that_does_not_fit_the_notes_stand_for_the_beginning(visit, session, settings, tmp_path):
    digest = Digest(id=uuid.uuid4(), session=session, covers_to=1, tokens_before=9, tokens_after=3, created_at=NOW)
    digest.sealed_summary = vault_of(visit).seal_digest("One was said.", session_id=session.pk, digest_id=digest.pk)
    digest.save()
    for window, beginning in ((170, "Notes on what came before: One was said."), (9_000, "Socratic Sam: Welcome")):
        settings.MODELS_FILE = str(tmp_path / f"{window}.toml")
        (tmp_path / f"{window}.toml").write_text(f"[openai.'gpt-4.1-mini']\ncontext_window = {window}\n")
        text = recapping.request(session, vault=vault_of(visit), provider="openai").messages[1].text
        assert text.startswith(beginning)
        assert "re: three" in text


def test_a_prompt_that_leaves_no_room_fails_and_is_not_sent(alice, visit, session, monkeypatch):
    monkeypatch.setattr(recapping, "counter", lambda info: lambda message: len(message.text) + 7)
    job_id = conclude(alice, visit, session)
    for provider, name in catalog.known_models():
        window = catalog.model(provider, name).context_window
        Version.objects.update(summary_prompt="p" * (window - recapping.MAX_TOKENS - 100))
        ChatSession.objects.update(recap_model=name)
        with pytest.raises(errors.ContextTooLong):
            recapping.request(ChatSession.objects.get(), vault=vault_of(visit), provider=provider)
    ChatSession.objects.update(recap_model="gpt-4.1-mini")
    Version.objects.update(summary_prompt="p" * 1_100_000)
    recapping.write(session_id=session.pk, job_id=job_id)
    assert recap(visit) == ("failed", "")


def test_notes_that_do_not_fit_are_left_out_of_a_recap(visit, session, settings, tmp_path):
    digest = Digest(id=uuid.uuid4(), session=session, covers_to=1, tokens_before=9, tokens_after=3, created_at=NOW)
    digest.sealed_summary = vault_of(visit).seal_digest("One " * 500, session_id=session.pk, digest_id=digest.pk)
    digest.save()
    settings.MODELS_FILE = str(tmp_path / "models.toml")
    (tmp_path / "models.toml").write_text("[openai.'gpt-4.1-mini']\ncontext_window = 128\n")
    text = recapping.request(session, vault=vault_of(visit), provider="openai").messages[1].text
    assert "re: three" in text
    assert "One One" not in text


@in_threads
def test_a_recap_is_written_sealed_and_the_credential_forgotten(alice, visit, session, upstream):
    job_id = conclude(alice, visit, session)
    recapping.write(session_id=session.pk, job_id=job_id)
    state, text = recap(visit)
    assert state == "done"
    assert "re: three" in text
    assert "three" not in ChatSession.objects.get().sealed_recap
    with pytest.raises(relay.Gone):
        relay.take(kind="recap", job_id=job_id, user_id=alice.pk)


@in_threads
@pytest.mark.parametrize("script", ["quota", "cut_after:3", "no_finish:2", "say:0", "wire:length"])
def test_a_recap_that_fails_is_cut_or_is_empty_is_not_kept(alice, visit, session, upstream, script):
    answer(visit, say(alice, visit, session, f"[[script={script}]]").reply, "re")
    recapping.write(session_id=session.pk, job_id=conclude(alice, visit, session))
    assert recap(visit) == ("failed", "")


@in_threads
def test_a_recap_that_gives_its_prompt_away_is_not_kept(alice, visit, session, upstream):
    Version.objects.update(summary_prompt=SECRET)
    answer(visit, say(alice, visit, session, "[[script=recite]]").reply, "re")
    recapping.write(session_id=session.pk, job_id=conclude(alice, visit, session))
    assert recap(visit) == ("failed", "")


def test_without_a_credential_there_is_no_recap(alice, visit, session):
    job_id = conclude(alice, visit, session)
    relay.erase(kind="recap", job_id=job_id)
    recapping.write(session_id=session.pk, job_id=job_id)
    assert recap(visit) == ("failed", "")


@in_threads
def test_a_recap_that_was_asked_for_anew_is_not_overwritten_by_the_old_job(alice, visit, session, upstream, monkeypatch):
    job_id = conclude(alice, visit, session)
    ask = recapping.background.ask

    def meanwhile(*arguments, **named):
        ChatSession.objects.update(recap_asked_at=NOW.replace(year=2027))
        return ask(*arguments, **named)

    monkeypatch.setattr(recapping.background, "ask", meanwhile)
    recapping.write(session_id=session.pk, job_id=job_id)
    assert recap(visit) == ("pending", "")


@in_threads
def test_a_recap_job_that_is_delivered_twice_asks_the_model_once(alice, visit, session, upstream, monkeypatch):
    job_id, asked, ask = conclude(alice, visit, session), [], recapping.background.ask

    def delivered_again(*arguments, **named):
        asked.append(1)
        if len(asked) == 1:
            recapping.write(session_id=session.pk, job_id=job_id)
        return ask(*arguments, **named)

    monkeypatch.setattr(recapping.background, "ask", delivered_again)
    recapping.write(session_id=session.pk, job_id=job_id)
    assert (len(asked), recap(visit)[0]) == (1, "done")


def test_a_recap_of_a_deleted_chat_is_no_error_and_its_credential_is_forgotten(alice, visit, session):
    job_id = conclude(alice, visit, session)
    session_id = session.pk
    session.delete()
    recapping.write(session_id=session_id, job_id=job_id)
    with pytest.raises(relay.Gone):
        relay.take(kind="recap", job_id=job_id, user_id=alice.pk)


def test_a_recap_that_does_not_open_is_none(visit, session):
    session.sealed_recap = "nothing"
    assert recapping.open_recap(session, vault=vault_of(visit)) == ""
