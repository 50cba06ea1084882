import pytest

from tests.chats.talking import answer, say, start


@pytest.fixture
def session(alice, visit, sam):
    """Alice's: Sam has opened, and answered two messages."""
    session = answer(visit, start(alice, visit, sam), "Welcome").session
    for text in ("one", "two"):
        answer(visit, say(alice, visit, session, text).reply, f"re: {text}")
    session.refresh_from_db()
    return session


@pytest.fixture
def last(session):
    return session.replies.select_related("turn").get(turn__number=2)
