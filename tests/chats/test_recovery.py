import asyncio
import uuid
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from accounts import relay
from chats import conversation, live
from chats.live.entries import Entry, log_key, seal_entry, sealing_key
from chats.models import Reply
from chats.recovery import recover
from chats.sealing import Vault
from gptlab import event_log, redis_client
from gptlab.event_log import Append, Position
from tests.chats.conftest import NOW

State = Reply.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def reply(alice, visit, sam):
    return conversation.start(user=alice, visit=visit, code=sam.code, model="", now=NOW)


def dead(reply, **values):
    """Claimed, and its worker gone since."""
    fields = {"state": State.RUNNING, "fence": 1, "lease_until": Now() - timedelta(seconds=1)}
    Reply.objects.filter(pk=reply.pk).update(**(fields | values))
    reply.refresh_from_db()


def append(reply, visit, *entries, fence=1):
    key = sealing_key(visit.data_key, reply.pk)
    items = []
    for n, entry in enumerate(entries, 1):
        position = Position(fence, n)
        items.append(Append(log_key(reply.pk), position, seal_entry(entry, key=key, position=position)))

    async def run():
        await event_log.append(redis_client.asynchronous(), items)

    asyncio.run(run())


def stored(reply, visit):
    vault = Vault(user_id=visit.user_id, data_key=visit.data_key)
    return vault.open_reply(reply.sealed_text, session_id=reply.session_id, turn=reply.turn.number, variant=reply.variant)


@pytest.mark.parametrize(("sent_count", "waits"), [(1, 10), (2, 20), (3, 40), (4, 80)])
def test_an_unclaimed_reply_is_sent_again_after_ten_seconds_doubled_each_time(reply, sent_count, waits):
    Reply.objects.update(sent_count=sent_count, sent_at=NOW)
    assert recover(now=NOW + timedelta(seconds=waits - 1)) == []
    assert recover(now=NOW + timedelta(seconds=waits)) == [reply.pk]
    reply.refresh_from_db()
    assert (reply.sent_count, reply.sent_at) == (sent_count + 1, NOW + timedelta(seconds=waits))


def test_after_five_sendings_the_turn_fails(reply):
    Reply.objects.update(sent_count=5, sent_at=NOW)
    assert recover(now=NOW + timedelta(seconds=160)) == []
    reply.refresh_from_db()
    assert (reply.state, reply.error_code) == ("failed", "lost")


def test_a_worker_that_died_before_the_first_byte_is_replaced(reply, visit):
    dead(reply)
    assert recover(now=NOW) == [reply.pk]
    reply.refresh_from_db()
    assert (reply.state, reply.fence) == ("pending", 1)


@pytest.mark.parametrize("known_to", ["log", "database"])
def test_once_the_upstream_has_answered_nothing_is_called_again_even_without_text(reply, visit, known_to):
    if known_to == "log":
        append(reply, visit, Entry(status=live.BEGUN))
        dead(reply)
    else:
        dead(reply, first_byte_at=NOW)
    assert recover(now=NOW) == []
    reply.refresh_from_db()
    assert (reply.state, reply.error_code) == ("interrupted", "broken_off")


def test_a_reply_that_no_worker_survives_fails_in_the_end(reply):
    for fence in range(1, 5):
        dead(reply, fence=fence)
        assert recover(now=NOW) == [reply.pk]
    dead(reply, fence=5)
    assert recover(now=NOW) == []
    reply.refresh_from_db()
    assert (reply.state, reply.error_code) == ("failed", "lost")


def test_a_worker_that_holds_its_lease_is_left_alone(reply):
    dead(reply, lease_until=Now() + timedelta(seconds=5))
    assert recover(now=NOW) == []
    reply.refresh_from_db()
    assert reply.state == "running"


def test_after_the_first_byte_nothing_is_called_again_and_all_text_is_kept(reply, visit):
    append(reply, visit, Entry(status="thinking"), Entry(text="Once "), Entry(text="upon", blocks="<p>x</p>", tail=""))
    dead(reply)
    assert recover(now=NOW) == []
    reply.refresh_from_db()
    assert (reply.state, reply.error_code, reply.fence) == ("interrupted", "broken_off", 2)
    assert stored(reply, visit) == "Once upon"
    with pytest.raises(relay.Gone):
        relay.take(kind="reply", job_id=reply.pk, user_id=visit.user_id)


def test_text_of_an_older_fence_does_not_count(reply, visit):
    append(reply, visit, Entry(text="old"), fence=1)
    dead(reply, fence=2)
    assert recover(now=NOW) == [reply.pk]


def test_a_longer_checkpoint_is_kept_when_the_log_is_shorter(reply, visit, alice):
    vault = Vault(user_id=alice.pk, data_key=visit.data_key)
    sealed = vault.seal_reply("Once upon a time", session_id=reply.session_id, turn=0, variant=1)
    append(reply, visit, Entry(text="Once"))
    dead(reply, sealed_text=sealed, first_byte_at=NOW)
    recover(now=NOW)
    reply.refresh_from_db()
    assert stored(reply, visit) == "Once upon a time"


def test_without_the_relay_the_reply_asks_to_sign_in_again(reply):
    relay.erase(kind="reply", job_id=reply.pk)
    dead(reply)
    recover(now=NOW)
    reply.refresh_from_db()
    assert (reply.state, reply.error_code) == ("failed", "sign_in_again")


def test_a_stop_that_its_worker_never_saw_is_a_stop(reply, visit):
    append(reply, visit, Entry(text="Once"))
    dead(reply, stop_requested_at=NOW)
    recover(now=NOW)
    reply.refresh_from_db()
    assert (reply.state, stored(reply, visit)) == ("stopped", "Once")


def test_a_zombie_can_not_write_after_the_end(reply, visit):
    append(reply, visit, Entry(text="Once"))
    dead(reply)
    recover(now=NOW)
    append(reply, visit, Entry(text="x"), Entry(text="y"), fence=1)
    entries = event_log.read_now(log_key(reply.pk))
    assert len(entries) == 2  # the text before, and the close
    assert live.arrived(reply.pk, data_key=visit.data_key, fence=1) == (True, "Once")


def test_recovering_twice_does_nothing_twice(reply, visit):
    append(reply, visit, Entry(text="Once"))
    dead(reply)
    recover(now=NOW)
    assert recover(now=NOW) == []
    assert isinstance(reply.pk, uuid.UUID)
