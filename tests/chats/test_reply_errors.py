"""What a reader is told, as a table: code → the words, the way out, the colour."""

import uuid
from datetime import timedelta

import pytest

from assistants.models import Version
from chats.models import ChatSession, Reply, Turn
from chats.reply_errors import notice
from chats.reply_words import WORDS, Way
from gptlab.llm import errors as upstream
from tests.chats.conftest import NOW, visit_of

SOMEBODY = type("Somebody", (), {"pk": uuid.UUID(int=1)})()
KEPT, COSTS = "Your message is kept.", "What arrived is kept. Trying again costs a new reply."

TABLE = [
    ("key_rejected", "OpenAI no longer accepts this key.", Way.RETRY, "danger", "Your chats are safe"),
    ("sign_in_again", "The visit that should pay for this reply had ended.", Way.RETRY, "warn", "press Try again"),
    ("quota", "Your OpenAI balance is used up.", Way.RETRY, "warn", "The key of a free trial stops"),
    ("rate_limited", "OpenAI asks us to slow down.", Way.RETRY, "warn", "Wait a minute"),
    ("model_not_allowed", "Your key may not use gpt-4.1.", Way.MODEL, "warn", "another model"),
    ("bad_request", "OpenAI does not take this request.", Way.MODEL, "warn", "Another model"),
    ("context_too_long", "This chat is too long for gpt-4.1.", Way.MODEL, "warn", "start a new chat"),
    ("message_too_long", "This message is too long for gpt-4.1.", Way.MODEL, "warn", "in parts"),
    ("prompt_too_long", "The assistant’s instructions don’t fit into gpt-4.1.", Way.MODEL, "warn", "holds more"),
    ("content_filter", "The content filter of OpenAI refused this message.", Way.REPHRASE, "warn", "in another way"),
    ("interrupted", "The line to OpenAI broke.", Way.RETRY, "warn", ""),
    ("timeout", "OpenAI did not answer in time.", Way.RETRY, "warn", ""),
    ("unreachable", "OpenAI can’t be reached right now.", Way.RETRY, "warn", ""),
    ("server_error", "OpenAI had a fault of its own.", Way.RETRY, "warn", ""),
    ("empty", "OpenAI sent a reply without a word.", Way.RETRY, "warn", ""),
    ("misconfigured", "This assistant is not properly set up.", Way.LEAVE, "warn", "Choose another one"),
    ("lost", "No worker was free for this reply.", Way.RETRY, "warn", ""),
    ("broken_off", "This reply broke off on our side.", Way.RETRY, "warn", ""),
    ("internal", "Something broke on our side.", Way.RETRY, "danger", "written down"),
    ("of_tomorrow", "The reply failed.", Way.RETRY, "warn", ""),
]


def reply(code, state="failed", *, opening=False, retry_at=None, wanted="gpt-4.1"):
    session = ChatSession(version=Version(model=wanted))
    turn = Turn(session=session, number=0 if opening else 1, sealed_text=None if opening else "sealed")
    return Reply(state=state, error_code=code, model="gpt-4.1", turn=turn, retry_at=retry_at)


def told(*args, models=("gpt-4.1", "gpt-4.1-mini"), **more):
    return notice(reply(*args, **more), visit=visit_of(SOMEBODY, models=models), now=NOW)


@pytest.mark.parametrize(("code", "title", "way", "kind", "advice"), TABLE)
def test_each_end_has_its_own_words_and_way_out(code, title, way, kind, advice):
    here = told(code)
    assert (here.title, here.way, here.kind) == (title, way, kind)
    assert advice in here.detail
    assert here.detail.endswith(KEPT)
    assert here.can_retry is (way in (Way.RETRY, Way.MODEL))


def test_a_message_that_is_too_long_is_told_with_its_size_and_the_limit():
    failed = reply("message_too_long")
    failed.too_long_size, failed.too_long_most = 12_345, 3_712
    detail = notice(failed, visit=visit_of(SOMEBODY), now=NOW).detail
    assert detail.startswith("It takes 12,345 tokens, and there is room for 3,712. Send it in parts")


@pytest.mark.parametrize("code", ["interrupted", "timeout", "server_error", "rate_limited", "broken_off", "quota"])
def test_what_arrived_before_the_end_is_kept_and_more_costs(code):
    assert told(code, "interrupted").detail.endswith(COSTS)
    assert told(code, "interrupted").title == told(code).title


def test_every_error_of_the_upstream_has_words():
    assert {kind.code for kind in upstream.UpstreamError.__subclasses__()} <= set(WORDS)


def test_the_table_has_every_code_that_has_words():
    assert {code for code, *_ in TABLE} - {"of_tomorrow"} == set(WORDS)


def test_an_opening_has_no_message_to_keep():
    assert told("timeout", opening=True).detail == ""


@pytest.mark.parametrize(
    ("after", "sentence", "wait"),
    [(20, "You can try again in 20 s.", 20), (600, "You can try again in 10 min.", 0), (-1, "You can try again now.", 0)],
)
def test_the_wait_that_the_upstream_asked_for_is_told_and_counted_if_it_is_short(after, sentence, wait):
    here = told("rate_limited", retry_at=NOW + timedelta(seconds=after))
    assert (here.when, here.wait, here.detail) == (sentence, wait, KEPT)


def test_the_models_to_choose_from_leave_out_the_one_that_failed():
    assert told("model_not_allowed").models == ("gpt-4.1-mini",)
    assert told("model_not_allowed", models=("gpt-4.1",)).models == ()
    assert told("timeout").models == ()


def test_the_model_that_the_assistant_was_made_for_is_among_them_though_it_is_not_offered():
    models = ("gpt-4.1", "gpt-4.1-mini", "gpt-5")
    assert told("model_not_allowed", models=models, wanted="gpt-5").models == ("gpt-5", "gpt-4.1-mini")
    assert told("model_not_allowed", models=models).models == ("gpt-4.1-mini",)


def test_a_provider_that_left_the_list_is_named_as_it_was():
    here = notice(reply("timeout"), visit=visit_of(SOMEBODY, provider="gone"), now=NOW)
    assert here.title == "gone did not answer in time."


@pytest.mark.parametrize("state", ["done", "stopped", "pending", "running"])
def test_a_reply_that_ended_well_says_nothing(state):
    assert told("", state) is None


@pytest.mark.parametrize(
    ("code", "title"), [("length", "Cut at the reply’s token limit."), ("content_filter", "ended this reply.")]
)
def test_a_reply_that_was_cut_short_says_why(code, title):
    here = told(code, "done")
    assert here.title.endswith(title)
    assert not here.can_retry
    assert KEPT not in here.detail
