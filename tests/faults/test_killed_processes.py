"""Processes die in the middle of a reply. Nothing hangs, nothing is lost that had arrived, nothing is paid for twice."""

import time

import pytest

from tests.event_stream import words
from tests.faults.conftest import ALICES_KEY, code_of
from tests.http_visitor import HttpVisitor
from tests.lab import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.long]

LEASE_AND_REAPER = 25  # seconds until a dead worker's reply is found, on a slow machine


def calls_about(upstream, text):
    return [call for call in upstream.sent if text in str(call["body"])]


def await_call(upstream, text):
    wait_until(lambda: calls_about(upstream, text), 20, "the upstream was never asked")
    return calls_about(upstream, text)[-1]


def test_a_worker_killed_before_the_first_byte_is_replaced_and_the_reply_arrives(lab, upstream, visitor):
    reply = visitor.say("[[script=hang_once]] Patience")
    follower = visitor.follow(reply)
    await_call(upstream, "Patience")
    dead = lab.kill("worker")
    assert lab.wait_for("worker", other_than=dead) != dead
    bubble = follower.end(LEASE_AND_REAPER)
    told = visitor.wait_for_end("done")
    assert told["text"] == "You said: [[script=hang_once]] Patience" == calls_about(upstream, "Patience")[-1]["text"]
    assert words(told["text"]) in words(bubble.final)
    assert len(calls_about(upstream, "Patience")) == 2  # the one that died, and one more


def test_a_worker_killed_in_the_middle_leaves_the_text_and_a_retry_and_calls_nobody(lab, upstream, visitor):
    reply = visitor.say("[[script=slow:20:2000]] Halfway")
    follower = visitor.follow(reply)
    follower.has_seen("k0100")
    dead = lab.kill("worker")
    sent = await_call(upstream, "Halfway")["text"]
    seen = follower.bubble.text
    assert lab.wait_for("worker", other_than=dead) != dead
    bubble = follower.end(LEASE_AND_REAPER)
    told = visitor.wait_for_end("interrupted")
    assert sent.startswith(told["text"])
    assert words(told["text"]).startswith(seen)
    assert '"interrupted"' in bubble.done
    assert "Try again" in bubble.final
    time.sleep(4)  # two rounds of the reaper
    assert len(calls_about(upstream, "Halfway")) == 1

    again = visitor.retry(reply)
    wait_until(lambda: len(calls_about(upstream, "Halfway")) == 2, 20, "the retry asked nobody")
    assert [message["text"] for message in visitor.messages() if message["role"] == "user"] == ["[[script=slow:20:2000]] Halfway"]
    visitor.stop(again)
    assert visitor.wait_for_end("stopped")["variant"] == 2


def test_a_web_server_killed_in_the_middle_is_not_noticed_in_the_text(lab, upstream, visitor):
    reply = visitor.say("[[script=slow:10:600]] Onward")
    follower = visitor.follow(reply)
    follower.has_seen("k0150")
    dead = lab.kill("web")
    assert lab.wait_for("web", other_than=dead) != dead
    follower.has_seen("k0550")
    sent = await_call(upstream, "Onward")
    assert words(sent["text"]).startswith(follower.bubble.text)  # what was streamed, before the final part came
    bubble = follower.end()
    assert follower.connections >= 2
    assert bubble.blanks == 1  # it went on from where it was
    assert set(follower.statuses) == {200}
    assert visitor.wait_for_end("done")["text"] == sent["text"]
    assert words(sent["text"]) in words(bubble.final)
    assert len(calls_about(upstream, "Onward")) == 1


def test_redis_killed_in_the_middle_loses_no_text_and_hangs_nobody(lab, upstream, visitor):
    reply = visitor.say("[[script=slow:10:600]] Regardless")
    follower = visitor.follow(reply)
    follower.has_seen("k0100")
    dead = lab.kill("redis")
    assert lab.wait_for("redis", other_than=dead) != dead
    follower.end()
    again = back(lab, visitor)
    told = again.wait_for_end("done", "interrupted")
    sent = calls_about(upstream, "Regardless")
    assert len(sent) == 1
    assert told["text"] == sent[0]["text"] if told["state"] == "done" else sent[0]["text"].startswith(told["text"])
    follower = again.follow(again.say("[[script=slow:20:100]] Still there?"))
    follower.has_seen("k0050", 40)  # streamed, by the same worker and the same web server
    follower.end()
    assert again.wait_for_end("done")["text"].endswith("k0099 ")


def back(lab, visitor):
    """Visits live in Redis, which keeps nothing: the same key opens the same chat again."""
    again = HttpVisitor(lab.url)
    again.sign_in(provider="openai", api_key=ALICES_KEY)
    again.session = visitor.session
    return again


def test_an_upstream_killed_in_the_middle_leaves_the_text_and_a_retry(lab):
    bob = HttpVisitor(lab.url)
    bob.sign_in_without_a_key()
    bob.start(code_of(lab))
    bob.wait_for_end("done")
    follower = bob.follow(reply := bob.say("A long one, please."))
    wait_until(lambda: len(follower.bubble.text) > 300, 20, "nothing comes")
    dead = lab.kill("demo")
    seen = follower.bubble.text
    bubble = follower.end()
    told = bob.wait_for_end("interrupted")
    assert words(bubble.final).find(seen[:200]) >= 0
    assert len(told["text"]) >= 300
    assert "Try again" in bubble.final
    assert lab.wait_for("demo", other_than=dead) != dead
    wait_until(lambda: lab.pids().get("demo"), 20, "no demo")
    again = bob.retry(reply)
    follower = bob.follow(again)
    wait_until(lambda: len(follower.bubble.text) > 300, 20, "the retry brings nothing")
    bob.stop(again)
    follower.end()
    assert bob.wait_for_end("stopped")["variant"] == 2


def test_nothing_of_this_left_a_traceback_a_key_or_a_text_in_the_logs(lab):
    logs = lab.logs()
    assert "SIGKILL" in logs
    assert "Traceback" not in logs
    for secret in (ALICES_KEY, "Patience", "Halfway", "k0001"):
        assert secret not in logs
