import pytest

from accounts.models import User


@pytest.fixture
def moderator():
    return User.objects.create_superuser("mo", "a long password")


@pytest.fixture
def ann(make_assistant, alice):
    return make_assistant(name="Ann", creator=alice)
