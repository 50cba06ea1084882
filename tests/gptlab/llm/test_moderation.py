import time
import uuid

import pytest

from gptlab.llm import moderation
from gptlab.llm.moderation import Verdict
from tests.gptlab.llm.asking import PROMPT

KEY = "sk-alice-0123456789abcdef"

pytestmark = pytest.mark.usefixtures("connections")
once = pytest.mark.asyncio(loop_factories=["uvloop"])


async def check(script="", *, text="", provider_id="openai", api_key=KEY, **more):
    text = f"{text} {uuid.uuid4()} [[moderation={script}]]" if script else text
    return await moderation.check(text, provider_id=provider_id, api_key=api_key, **more)


async def test_harmless_text_is_not_flagged(upstream):
    assert await check(text="Good morning.") == Verdict(flagged=False)
    record = upstream.aside[-1]
    assert (record["path"], record["body"]) == ("/v1/moderations", {"model": "omni-moderation-latest", "input": "Good morning."})
    assert record["headers"]["authorization"] == f"Bearer {KEY}"


@once
async def test_flagged_text_has_its_categories():
    verdict = await check(text="ugly words")
    assert verdict == Verdict(flagged=True, categories=("harassment/threatening", "violence"))
    assert "violence" not in repr(verdict)


@once
@pytest.mark.parametrize(
    "script",
    [
        *("invalid_key", "forbidden", "quota", "rate_limited:1", "status:404", "status:500", "html:200", "html:502"),
        *("drop", "redirect", "leaky:400", "endless_error", "cut_after:1"),
        *(f"odd_verdict:{number}" for number in range(5)),
    ],
)
async def test_moderation_that_fails_says_nothing_and_is_asked_once(upstream, script):
    before = len(upstream.aside)
    assert await check(script) is None
    assert len(upstream.aside) == before + 1


@once
async def test_moderation_has_a_deadline_of_its_own():
    began = time.monotonic()
    assert await check("hang", seconds=0.2) is None
    assert time.monotonic() - began < PROMPT


@once
async def test_nobody_there_is_no_verdict(settings):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    assert await check(text="Hello?") is None


@once
@pytest.mark.parametrize(
    ("text", "provider_id", "api_key", "wanted"),
    [
        ("Hello", "attic-box", "lab-0123456789", True),
        ("Hello", "nobody", KEY, True),
        ("Hello", "openai", KEY, False),
        (" \n", "openai", KEY, True),
        ("Hello", "openai", "sk-a\r\nX-Evil: 1", True),
    ],
)
async def test_nobody_is_asked_who_need_not_be(upstream, settings, text, provider_id, api_key, wanted):
    settings.MODERATE_MESSAGES = wanted
    before = len(upstream.aside)
    assert await check(text=text, provider_id=provider_id, api_key=api_key) is None
    assert len(upstream.aside) == before


def test_provider_and_operator_say_whether_there_is_moderation(settings):
    settings.DEMO_BASE_URL = "http://127.0.0.1:9000/v1"
    assert [moderation.moderates(provider_id) for provider_id in ("openai", "demo", "attic-box")] == [True, True, False]
    settings.MODERATE_MESSAGES = False
    assert not moderation.moderates("openai")


@once
async def test_every_text_can_be_checked(upstream):
    assert await check(text="a\ud83eb") == Verdict(flagged=False)
    assert upstream.aside[-1]["body"]["input"] == "a\ufffdb"


@once
async def test_nothing_of_the_text_or_the_key_is_logged(caplog):
    caplog.set_level("DEBUG")
    await check("leaky:400", text="marker of the text")
    told = " ".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records if record.name.startswith("gptlab"))
    assert "bad_request" in told
    assert "marker" not in told
    assert KEY not in told
