import pytest

from gptlab.llm import wire
from gptlab.llm.wire import EventStream


def test_memory_stays_flat_when_a_line_never_ends():
    stream = EventStream(most_bytes=1000)
    for _ in range(1000):
        assert stream.feed(b"data: " + b"x" * 994) == []
        assert len(stream._line) <= 1000


def test_memory_stays_flat_when_an_event_never_ends():
    stream = EventStream(most_bytes=1000)
    for _ in range(1000):
        assert stream.feed(b"data: " + b"x" * 100 + b"\n") == []
        assert sum(map(len, stream._data)) <= 1000
    assert stream.feed(b"\ndata: next\n\n") == [b"next"]


def test_line_that_is_too_long_is_skipped_and_the_next_one_read():
    stream = EventStream(most_bytes=100)
    assert stream.feed(b"data: " + b"x" * 300) == []
    assert stream.feed(b"y" * 300 + b"\n\ndata: next\n\n") == [b"next"]


def test_long_line_in_one_chunk_is_skipped_too():
    assert EventStream(most_bytes=100).feed(b"data: " + b"x" * 300 + b"\n\ndata: next\n\n") == [b"next"]


def test_line_end_in_two_chunks_is_one_line_end():
    stream = EventStream()
    assert stream.feed(b"data: a\r") == []
    assert stream.feed(b"\ndata: b\r") == []
    assert stream.feed(b"\n\r\n") == [b"a\nb"]


def test_event_without_data_is_no_event():
    assert EventStream().feed(b"event: x\n\n: comment\n\ndata:\n\ndata\n\n") == []


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b"NaN", b'{"a": NaN}'])
def test_what_is_no_json_is_nothing(data):
    assert wire.parse(data) is None


def test_bytes_that_are_no_utf8_are_replaced():
    assert wire.parse(b'{"a": "\xff\\udc00b"}') == {"a": "\ufffd\ufffdb"}
