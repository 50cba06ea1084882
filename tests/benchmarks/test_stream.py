"""The pure parts of the benchmark: what is counted, and what is called lost."""

import hashlib

import pytest

from benchmarks.checking import mark_differences, stored
from benchmarks.figures import percentile, spread
from benchmarks.tokens import PARAGRAPH, Receipt, token
from benchmarks.upstream import wishes

COUNT = 90


def reply(count=COUNT, sent_us=1_000):
    return "".join(token(index, count=count, sent_us=sent_us) for index in range(count))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_every_token_is_counted_however_the_wire_cuts_it(size):
    receipt, wire = Receipt(count=COUNT), f'{{"content":"{reply()}"}}'.encode()
    for start in range(0, len(wire), size):
        receipt.feed(wire[start : start + size], now=3_500)
    assert (receipt.got, receipt.lost) == (COUNT, 0)
    assert receipt.lags == [2_500] * len([index for index in range(COUNT) if index % 5 == 0 or index == COUNT - 1])


def test_a_token_counts_at_its_first_appearance():
    receipt = Receipt(count=3)
    receipt.feed(b"k0000@100; ", now=150)
    receipt.feed(b"<p>k0000@100; k0001 </p>", now=900)
    assert (receipt.got, receipt.first_at, receipt.sent_first_at, receipt.lags, receipt.lost) == (2, 150, 100, [50], 1)


def test_a_token_that_never_came_is_lost():
    receipt = Receipt(count=COUNT)
    receipt.feed(reply().replace("k0033 ", "").encode(), now=5)
    assert receipt.lost == 1


def test_what_only_looks_like_a_token_is_not_counted():
    receipt = Receipt(count=50)
    receipt.feed(b"ak0001 k001 k00012 Ck0003; k9999 k0004", now=5)
    assert receipt.got == 0
    receipt.feed(b"<", now=6)
    assert receipt.got == 1


def test_html_and_json_around_a_token_do_not_hide_it():
    receipt = Receipt(count=3)
    receipt.feed(rb'<p>k0000@7;</p>{"content":"k0001 "}k0002\n\n', now=9)
    assert receipt.lost == 0


def test_paragraphs_end_within_a_reply_and_not_at_its_end():
    text = reply(count=PARAGRAPH * 2)
    assert text.count("\n\n") == 1
    assert text.endswith("; ")


def test_percentiles_are_values_that_were_measured():
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, part) for part in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([3.0], 0.99) == 3.0
    assert spread([])["p99"] is None
    assert spread([2.0, 1.0]) == {"p50": 1.0, "p95": 2.0, "p99": 2.0, "max": 2.0, "n": 2}


def test_the_last_wish_in_a_request_counts():
    body = b'[{"content": "[[len=7 id=1.0]]"}, {"content": "[[ttft=20 rate=100 len=9 id=1.1]]"}]'
    assert wishes(body) == {"ttft": "20", "rate": "100", "len": "9", "id": "1.1"}
    assert wishes(b"nothing asked")["len"] == 5


def said(reply_id, text):
    return [{"role": "user", "text": f"Go on. [[len=5 id={reply_id}]]"}, {"role": "assistant", "text": text}]


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_reply_is_found_in_the_transcript_by_the_id_in_its_question():
    opening = [{"role": "assistant", "text": "Hello."}]
    assert stored(opening + said("4.0", "one") + said("4.1", "two")) == {"4.0": hashed("one"), "4.1": hashed("two")}


def test_a_reply_that_is_stored_otherwise_than_it_was_sent_is_lost():
    receipts = {"0.0": Receipt(count=1), "0.1": Receipt(count=1), "0.2": Receipt(count=1)}
    transcript = said("0.0", "one") + said("0.1", "twoo")
    mark_differences(receipts, [transcript], sent={"0.0": hashed("one"), "0.1": hashed("two"), "0.2": hashed("three")})
    assert [bool(receipt.error) for receipt in receipts.values()] == [False, True, True]
