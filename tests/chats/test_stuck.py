import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.utils import timezone

from accounts import relay
from chats.conversation import JOB
from chats.models import Reply
from chats.stuck import end_stuck
from tests.chats.conftest import NOW
from tests.chats.talking import answer, start

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def reply(alice, visit, sam):
    return start(alice, visit, sam)


def run(*, hours=2, **more):
    return end_stuck(older_than=HOUR, now=NOW + hours * HOUR, **more)


def change(reply, **values):
    Reply.objects.filter(pk=reply.pk).update(**values)


def ended(reply):
    reply.refresh_from_db()
    return reply.state, reply.error_code


def test_a_reply_that_nobody_claimed_fails(reply):
    assert run() == 1
    assert ended(reply) == ("failed", "lost")
    assert reply.ended_at is not None
    assert run() == 0


def test_what_pays_for_it_is_forgotten(reply, alice):
    run()
    with pytest.raises(relay.Gone):
        relay.take(kind=JOB, job_id=reply.pk, user_id=alice.pk)


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ({}, ("failed", "lost")),
        ({"first_byte_at": NOW}, ("interrupted", "broken_off")),
        ({"first_byte_at": NOW, "stop_requested_at": NOW}, ("stopped", "")),
    ],
)
def test_a_reply_whose_worker_is_dead_ends_as_far_as_it_came(reply, visit, values, end):
    answer(visit, reply, "So far", state="running")
    change(reply, sealed_text="" if not values else "sealed", lease_until=Now() - timedelta(seconds=1), fence=3, **values)
    assert run() == 1
    assert ended(reply) == end
    assert reply.fence == 4  # a worker that comes back can't write
    assert reply.sealed_text == ("" if not values else "sealed")


def test_a_reply_whose_worker_lives_is_let_be(reply):
    change(reply, state="running", lease_until=Now() + timedelta(seconds=8), fence=1)
    assert run() == 0
    assert ended(reply)[0] == "running"


def test_a_reply_of_just_now_is_let_be(reply):
    assert run(hours=0.5) == 0


@pytest.mark.parametrize("state", ["done", "stopped", "failed", "interrupted"])
def test_a_reply_that_ended_stays_as_it_ended(reply, state):
    change(reply, state=state)
    assert run() == 0
    assert ended(reply)[0] == state


def test_it_works_without_redis(reply, own_redis, settings):
    settings.REDIS_URL = own_redis.url
    own_redis.kill()
    try:
        assert run() == 1
    finally:
        own_redis.start()
    assert ended(reply) == ("failed", "lost")


def test_the_command_says_how_many(reply):
    change(reply, created_at=timezone.now() - 2 * HOUR)
    assert said_by("--dry-run").startswith("1 stuck replies ended.\nDry run")
    assert ended(reply)[0] == "pending"
    assert said_by() == "1 stuck replies ended.\n"
    assert said_by() == "0 stuck replies ended.\n"


def test_what_may_still_come_is_not_to_be_ended(reply):
    with pytest.raises(CommandError, match="less than 20m"):
        said_by("--older-than", "5m")


def said_by(*arguments):
    call_command("end_stuck_replies", *arguments, stdout=(out := io.StringIO()))
    return out.getvalue()
