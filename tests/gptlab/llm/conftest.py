import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import uvloop

from tests.fakes.upstream import Upstream


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Any]:
    """The worker runs on uvloop; sign-in, commands and who debugs run on plain asyncio."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running


@pytest.fixture(autouse=True)
def providers(settings: Any, upstream: Upstream) -> None:
    """The fake stands for OpenAI, and for a keyless server. No test leaves the machine."""
    settings.OPENAI_BASE_URL = upstream.base_url
    settings.KEYLESS_SERVERS = [f"Attic box={upstream.base_url}"]
    settings.DEMO_BASE_URL = ""
    settings.MODELS_FILE = ""
