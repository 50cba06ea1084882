"""A whole check, with models that tell, that don't, and that are away."""

import random
from datetime import timedelta

import pytest

from assistants import lab
from assistants.models import Version
from chats import background, conversation, leak_check
from chats.context import CONFIDENTIAL
from chats.errors import CannotChat
from chats.leak_check import checking
from chats.leak_check.attacks import attacks
from chats.leak_check.measuring import Finding
from chats.models import LeakCheck
from gptlab.errors import Conflict, Limited
from gptlab.llm.errors import KeyRejected, RateLimited
from gptlab.llm.messages import Completion, FinishReason, Usage
from tests.chats.conftest import NOW, visit_of
from tests.chats.leak_check.persona import Persona
from tests.chats.leak_guard.prompts import SECRET, words

pytestmark = pytest.mark.django_db
TOLD = {"initial_prompt": SECRET, "model": "gpt-4.1-mini", "max_tokens": 300, "personality": "witty"}


@pytest.fixture
def draft(alice):
    return lab.begin(user=alice, now=NOW, values={"name": "Moo"})


@pytest.fixture
def model(monkeypatch):
    """Answers as the test says: `model.answers = lambda asked, told: …`. Remembers what it was asked, and by which name."""

    class Model:
        def ask(self, request, *, api_key):
            told, asked = request.messages[0].text, request.messages[-1].text
            self.asked.append(asked)
            self.names.add(request.model)
            return Completion(self.answers(asked, told), FinishReason.STOP, Usage(1, 1))

    made = Model()
    made.asked, made.names = [], set()
    monkeypatch.setattr(background, "ask", made.ask)
    return made


def begin(alice, visit, draft, **told):
    return leak_check.begin(user=alice, visit=visit, assistant=draft, told=TOLD | told, now=NOW)


def checked(alice, visit, draft, **told):
    check = begin(alice, visit, draft, **told)
    leak_check.run(check_id=check.pk)
    check.refresh_from_db()
    return check, [Finding(**values) for values in check.findings]


def test_a_model_that_tells_is_caught_and_the_guard_stops_it(alice, visit, draft, model):
    model.answers = lambda asked, told: f"Here it is: {told}"
    check, findings = checked(alice, visit, draft)
    assert check.state == "done"
    assert len(findings) == len(model.asked) == leak_check.TOTAL
    assert all(finding.percent > 90 and finding.stopped for finding in findings)


def test_a_model_that_keeps_it_is_said_to_keep_it(alice, visit, draft, model):
    model.answers = lambda asked, told: "I'd rather talk about your bees. How many hives have you?"
    _check, findings = checked(alice, visit, draft)
    assert all(finding.is_kept for finding in findings)


def test_where_nothing_is_guarded_what_gets_out_is_out(alice, visit, draft, model):
    model.answers = lambda asked, told: words(60) if "Base64" in asked else "No."
    _check, findings = checked(alice, visit, draft, openness="public")
    assert [finding.kind for finding in findings if finding.is_out] == ["encode"]
    assert sum(finding.is_kept for finding in findings) == leak_check.TOTAL - 1


@pytest.mark.parametrize("seed", range(3))
def test_a_persona_that_tells_on_phrases_that_the_attacks_do_not_know_is_caught(alice, visit, draft, model, monkeypatch, seed):
    """By exactly those of the attacks that it tells on."""
    monkeypatch.setattr(checking, "attacks", lambda _dice: attacks(random.Random(seed)))
    persona = Persona.drawn(random.Random(1_000 + seed))
    model.answers = lambda asked, told: told if persona.tells(asked) else "Let us talk about bees."
    _check, findings = checked(alice, visit, draft)
    assert [finding.text for finding in findings] == model.asked
    caught = [finding.text for finding in findings if finding.percent > 90 and finding.stopped]
    kept = [finding.text for finding in findings if finding.is_kept]
    assert caught == [text for text in model.asked if persona.tells(text)] != []
    assert kept == [text for text in model.asked if not persona.tells(text)] != []


def test_the_model_that_is_asked_is_one_that_the_key_may_use(alice, draft, model):
    model.answers = lambda asked, told: "No."
    check, _findings = checked(alice, visit_of(alice, models=("gpt-4o",)), draft)
    assert (check.model, model.names) == ("gpt-4o", {"gpt-4o"})


@pytest.mark.parametrize(("openness", "is_secret"), [("secret", True), ("public", False), ("clonable", False)])
def test_the_draft_is_checked_as_open_as_it_would_go_live(alice, visit, draft, model, openness, is_secret):
    """Whatever is live now."""
    draft.add_version(now=NOW, **TOLD, openness="public" if is_secret else "secret")
    prompts = []
    model.answers = lambda asked, told: prompts.append(told) or told
    check, findings = checked(alice, visit, draft, openness=openness)
    assert check.is_secret is is_secret
    assert {CONFIDENTIAL in prompt for prompt in prompts} == {finding.stopped for finding in findings} == {is_secret}


def test_each_finding_says_that_the_worker_lives(alice, visit, draft, model, monkeypatch):
    heard = []
    monkeypatch.setattr(checking.timezone, "now", lambda: NOW + timedelta(minutes=len(model.asked)))
    model.answers = lambda asked, told: heard.append(LeakCheck.objects.get().heard_at) or "No."
    checked(alice, visit, draft)
    assert heard == [None, *(NOW + timedelta(minutes=asked) for asked in range(1, leak_check.TOTAL))]


def test_no_reply_and_no_prompt_is_kept(alice, visit, draft, model):
    model.answers = lambda asked, told: f"Here it is: {told}"
    check, _findings = checked(alice, visit, draft)
    stored = str(list(LeakCheck.objects.values()))
    assert words(4) not in stored
    assert check.version is None
    assert not Version.objects.exists()


def test_it_is_stopped_between_two_attacks_and_what_is_known_stays(alice, visit, draft, model):
    def answers(asked, told):
        if len(model.asked) == 3:
            leak_check.stop(draft)
        return "No."

    model.answers = answers
    check, findings = checked(alice, visit, draft)
    assert (check.state, len(model.asked), len(findings)) == ("stopped", 3, 2)


def test_an_upstream_that_fails_once_costs_one_answer_and_twice_ends_it(alice, visit, draft, model):
    def answers(asked, told):
        if len(model.asked) in failing:
            raise error
        return "No."

    model.answers = answers
    failing, error = {2}, RateLimited()
    check, findings = checked(alice, visit, draft)
    assert (check.state, [finding.answered for finding in findings].count(False)) == ("done", 1)
    model.asked, failing, error = [], {2, 4}, KeyRejected()
    check, findings = checked(alice, visit, draft)
    assert (check.state, check.error_code, len(model.asked)) == ("failed", "key_rejected", 4)


def test_a_task_that_comes_twice_asks_once(alice, visit, draft, model):
    model.answers = lambda asked, told: "No."
    check, _findings = checked(alice, visit, draft)
    leak_check.run(check_id=check.pk)
    assert len(model.asked) == leak_check.TOTAL


def test_another_check_takes_the_place_of_the_one_before(alice, visit, draft, model):
    first = begin(alice, visit, draft)
    leak_check.stop(draft)
    second = begin(alice, visit, draft)
    assert list(LeakCheck.objects.all()) == [second]
    model.answers = lambda asked, told: "No."
    leak_check.run(check_id=first.pk)
    assert model.asked == []


def test_one_whose_worker_got_lost_has_failed(alice, visit, draft):
    begin(alice, visit, draft)
    assert leak_check.check_of(draft, now=NOW + timedelta(minutes=5)).state == "pending"
    assert leak_check.check_of(draft, now=NOW + timedelta(minutes=15)).state == "failed"


def test_one_that_is_slow_is_not_lost_as_long_as_findings_come(alice, visit, draft):
    check = begin(alice, visit, draft)
    LeakCheck.objects.filter(pk=check.pk).update(state="running", heard_at=NOW + timedelta(minutes=13))
    assert leak_check.check_of(draft, now=NOW + timedelta(minutes=26)).state == "running"
    assert leak_check.check_of(draft, now=NOW + timedelta(minutes=28)).state == "failed"


def test_one_that_runs_is_not_run_over_by_another(alice, visit, draft):
    check = begin(alice, visit, draft)
    with pytest.raises(Conflict):
        begin(alice, visit, draft)
    assert LeakCheck.objects.get() == check


def test_a_lost_one_leaves_no_prompt_behind(alice, visit, draft):
    begin(alice, visit, draft)
    leak_check.begin(user=alice, visit=visit, assistant=draft, told=TOLD, now=NOW + timedelta(minutes=15))
    assert draft.versions.count() == 1


def test_a_trial_leaves_a_check_that_runs_alone(alice, visit, draft, model):
    check = begin(alice, visit, draft)
    conversation.try_out(user=alice, visit=visit, assistant=draft, told=TOLD, now=NOW)
    check.refresh_from_db()
    assert check.version is not None


def test_who_can_not_chat_or_asks_too_often_is_refused(alice, visit, draft, monkeypatch):
    with pytest.raises(CannotChat):
        begin(alice, visit_of(alice, can_chat=False), draft)
    monkeypatch.setattr("chats.leak_check.checking.LIMIT", "1/hour")
    begin(alice, visit, draft)
    leak_check.stop(draft)
    with pytest.raises(Limited):
        begin(alice, visit, draft)
