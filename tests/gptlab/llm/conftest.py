import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop

from gptlab.llm import client, learned, model_facts
from tests.fakes.upstream import Upstream


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Any]:
    """The worker runs on uvloop; sign-in, commands and who debugs run on plain asyncio."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running


@pytest.fixture
def every_endpoint(settings: Any, tmp_path: Path) -> None:
    """The operator's file lists a model for each endpoint: `over-chat`, `over-responses`, `over-completions`."""
    own = tmp_path / "models.toml"
    lines = [f'[openai."over-{name}"]\nendpoint = "{name}"\ncontext_window = 16_000\n' for name in model_facts.ENDPOINTS]
    own.write_text("".join(lines))
    settings.MODELS_FILE = str(own)


@pytest.fixture
async def connections() -> AsyncIterator[None]:
    await client.warm()
    yield
    await client.aclose()


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "_refused", {})


@pytest.fixture(autouse=True)
def providers(settings: Any, upstream: Upstream) -> None:
    """The fake stands for OpenAI, and for a keyless server. No test leaves the machine."""
    settings.OPENAI_BASE_URL = upstream.base_url
    settings.KEYLESS_SERVERS = [f"Attic box={upstream.base_url}"]
    settings.DEMO_BASE_URL = ""
    settings.MODELS_FILE = ""
