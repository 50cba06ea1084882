import pytest

from chats import conversation
from chats.models import Digest, Reply
from chats.spending import spending
from tests.chats.conftest import NOW
from tests.chats.talking import end, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(alice, visit, sam):
    """Its opening was written twice."""
    reply = start(alice, visit, sam)
    end(reply)
    conversation.regenerate(user=alice, visit=visit, session_id=reply.session_id, turn=None, client_id="", now=NOW)
    Reply.objects.update(state="done", first_byte_at=NOW, tokens_in=1_000, tokens_out=200)
    return reply.session


def test_every_version_of_a_reply_was_paid_for(session):
    spent = spending(session)
    assert (spent.tokens_in, spent.tokens_out, spent.is_estimate, spent.condensed_to) == (2_000, 400, False, None)


def test_what_no_server_told_is_an_estimate(session):
    Reply.objects.filter(variant=1).update(tokens_estimated=True)
    assert spending(session).is_estimate
    Reply.objects.update(tokens_estimated=False)
    Reply.objects.filter(variant=1).update(tokens_in=None, tokens_out=None)
    assert spending(session).is_estimate


def test_a_reply_that_never_began_cost_nothing(session):
    Reply.objects.filter(variant=1).update(state="failed", first_byte_at=None, tokens_in=None, tokens_out=None)
    spent = spending(session)
    assert (spent.tokens_in, spent.is_estimate) == (1_000, False)


def test_how_far_it_is_condensed_is_told(session):
    Digest.objects.create(session=session, covers_to=12, tokens_before=9, tokens_after=3, created_at=NOW)
    assert spending(session).condensed_to == 12
