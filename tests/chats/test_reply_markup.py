"""The markup of a turn and its reply, in each state: what the stream's messages aim at, and what a reader is told."""

import re
import uuid
from types import SimpleNamespace as Fake

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from chats.reply_errors import Notice
from chats.reply_words import Way
from tests.chats.conftest import NOW

ID = uuid.UUID(int=7)
SESSION = Fake(pk=ID, is_open=True, turn_count=4)


def reply(state="done", *, html="<p>Hi</p>", damaged=False, error=None, tokens_out=None):
    return Fake(
        row=Fake(
            pk=ID,
            state=state,
            is_live=state in ("pending", "running"),
            tokens_out=tokens_out,
            created_at=NOW,
            turn=Fake(number=3),
        ),
        opened=Fake(damaged=damaged),
        html=mark_safe(html),
        error=error,
        stream_url="/stream/",
        stop_url="/stop/",
        retry_url="/retry/",
        text_url="/text/",
    )


def markup(shown, *, name="Sam"):
    html = render_to_string("chats/_reply.html", {"reply": shown, "assistant": Fake(name=name), "session": SESSION})
    return re.sub(r"\s+", " ", html)


@pytest.mark.parametrize("state", ["pending", "running"])
def test_a_live_reply_has_what_the_stream_aims_at(state):
    html = markup(reply(state))
    article = html[: html.index(">") + 1]
    for attribute in (
        f'id="reply-{ID}"',
        f'data-reply-id="{ID}"',
        f'data-state="{state}"',
        'hx-sse:connect="/stream/"',
        'hx-sse:close="done"',
        'hx-swap="none"',
        'hx-trigger="load, reopen"',
    ):
        assert attribute in article
    for part in ("blocks", "tail", "cursor", "status", "status-text"):
        assert html.count(f'id="reply-{ID}-{part}"') == 1
    assert 'data-pattern="# s"' in html  # of the seconds that pass


def test_only_the_status_of_a_live_reply_is_announced():
    html = markup(reply("running"))
    assert html.count('role="status"') == 1
    assert 'role="status"' not in html[: html.index(f'id="reply-{ID}-tail"')]


def test_a_reply_that_has_ended_opens_no_stream():
    assert "hx-sse" not in markup(reply("done"))


@pytest.mark.parametrize("state", ["running", "done"])
def test_htmx_runs_nothing_in_the_words_of_a_model(state):
    assert re.search(r'<div class="prose"[^>]* hx-ignore>', markup(reply(state)))


def test_a_stopped_reply_keeps_its_text_and_says_so():
    html = markup(reply("stopped"))
    assert "<p>Hi</p>" in html
    assert "Stopped by you. What arrived is kept." in html
    assert 'data-announce="The reply was stopped."' in html


def test_an_interrupted_reply_can_be_tried_again():
    html = markup(reply("interrupted", error=Notice("The line broke.", "It is kept.", Way.RETRY)))
    assert "<p>Hi</p>" in html
    assert 'action="/retry/" hx-post="/retry/"' in html
    assert 'data-announce="The line broke."' in html


def test_a_reply_that_was_cut_off_offers_no_retry():
    html = markup(reply("done", error=Notice("Cut.", "Say “go on”.", Way.REPHRASE, kind="info")))
    assert "Cut." in html
    assert "/retry/" not in html


def test_a_damaged_reply_says_so_in_its_place():
    html = markup(reply("done", html="", damaged=True))
    assert "This reply is damaged" in html
    assert "data-copy" not in html


def test_a_name_is_never_markup():
    assert "<b>" not in markup(reply("running"), name="<b>") + markup(reply("done"), name='"><b>')


def test_the_visitors_words_stand_as_they_were_written():
    turn = Fake(number=3, text="  <b>a</b>\n b ", damaged=False, created_at=NOW)
    assert ">  &lt;b&gt;a&lt;/b&gt;\n b </article>" in render_to_string(
        "chats/_turn_user.html", {"turn": turn, "session": SESSION}
    )


def test_a_damaged_message_says_so_in_its_place():
    turn = Fake(number=3, text="", damaged=True, created_at=NOW)
    assert "damaged" in render_to_string("chats/_turn_user.html", {"turn": turn, "session": SESSION})


def test_saying_something_answers_with_the_words_and_the_live_reply():
    exchange = Fake(turn=Fake(number=1, text="Why?", damaged=False, created_at=NOW), after_pause=False)
    assistant = Fake(name="Sam", code="7K3QX9MZT2HD0VWN5B8R", avatar_style="")
    context = {"exchange": exchange, "reply": reply("pending"), "assistant": assistant, "session": SESSION}
    html = render_to_string("chats/_say.html", context)
    assert html.index("Why?") < html.index(f'id="reply-{ID}"')
    assert html.count("<li") == 2
