"""An installation that talks to a scripted upstream, for each module that needs one."""

import pytest

from tests.fakes.upstream import Upstream
from tests.http_visitor import HttpVisitor
from tests.lab import Lab


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
    """Alice, signed in, talking with an assistant whose opening is over."""
    alice = HttpVisitor(lab.url)
    alice.sign_in(provider="openai", api_key="sk-alice-0123456789abcdef0123456789abcdef")
    alice.start(code_of(lab))
    alice.wait_for_end("done")
    return alice


_codes = {}


def code_of(lab):
    if lab.data not in _codes:
        _codes[lab.data] = lab.make_assistant(name="Test Tess", prompt="You are Tess.")
    return _codes[lab.data]
