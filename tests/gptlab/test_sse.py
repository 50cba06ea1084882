import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptlab import sse


def parse(wire: bytes) -> list[dict[str, str]]:
    """As the standard reads it (HTML living standard, 9.2.6)."""
    found, fields = [], {}
    for line in re.split(r"\r\n|\r|\n", wire.decode()):
        if not line:
            if fields:
                found.append(fields)
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and "data" in fields else value
    return found


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_arrives_exactly(raw):
    (message,) = parse(sse.message(sse.text(raw), id="1-2"))
    assert message["id"] == "1-2"
    assert html.unescape(message.get("data", "")) == raw.replace("\0", "\ufffd")


def test_text_can_not_end_its_partial():
    assert "</hx-partial>" not in sse.text("</hx-partial><script>")


@pytest.mark.parametrize("data", ["a\nevent: evil", "a\r\rdata: b", "\n\n"])
def test_data_can_not_begin_another_message(data):
    (message,) = parse(sse.event("done", data))
    assert message["event"] == "done"


def test_a_heartbeat_is_no_message():
    assert parse(sse.HEARTBEAT) == []


def test_a_stream_is_neither_buffered_nor_kept():
    async def nothing():
        return
        yield b""

    answer = sse.response(nothing())
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Accel-Buffering"] == "no"
    assert answer["Content-Type"].startswith("text/event-stream")
