"""Alice at her bench, with a visit whose key may use one model that takes all parameters."""

import pytest

from assistants import lab
from tests.assistants.lab.bench import PROFILE, PROMPT, publish
from tests.cast import visitor


@pytest.fixture
def alice(db):
    return visitor("alice")


@pytest.fixture
def bob(db):
    return visitor("bob")


@pytest.fixture
def draft(alice, now):
    """Fit to be published."""
    assistant = lab.begin(user=alice.user, now=now)
    lab.keep(assistant, PROMPT | PROFILE, now=now)
    return assistant


@pytest.fixture
def made(alice, now):
    """Published once."""
    assistant = lab.begin(user=alice.user, now=now)
    lab.keep(assistant, PROMPT | PROFILE, now=now)
    publish(assistant, alice.visit, now=now)
    return lab.owned(user=alice.user, code=assistant.code)
