"""An installation that talks to a scripted upstream, for each module that needs one."""

import pytest

from tests.fakes.upstream import Upstream
from tests.http_visitor import HttpVisitor
from tests.lab import Lab

ALICES_KEY = "sk-alice-0123456789abcdef0123456789abcdef"

_codes: dict[Lab, str] = {}


@pytest.fixture(scope="module")
def upstream():
    with Upstream() as running:
        yield running


@pytest.fixture(scope="module")
def lab(tmp_path_factory, upstream):
    with Lab(tmp_path_factory.mktemp("lab") / "data", OPENAI_BASE_URL=upstream.base_url) as running:
        yield running


@pytest.fixture
def visitor(lab):
    """Alice, in a new chat with Tess whose opening is over."""
    alice = HttpVisitor(lab.url)
    alice.sign_in(provider="openai", api_key=ALICES_KEY)
    alice.start(code_of(lab))
    alice.wait_for_end("done")
    return alice


def code_of(lab: Lab) -> str:
    """The code of Test Tess, who is in each of these installations."""
    if lab not in _codes:
        _codes[lab] = lab.make_assistant(name="Test Tess", prompt="You are Tess.")
    return _codes[lab]
