"""Streams as good and bad upstreams send them: the bytes, in the pieces in which they come, and what must be read from them."""

from dataclasses import dataclass
from typing import Any

from gptlab.llm.messages import FinishReason, Usage
from tests.fakes.wire_formats import DONE, FORMATS, Chat, Completions, Format, Responses, event, usage_chunk

SECRET_ERROR = "Incorrect API key provided: sk-secret-key-0123456789. Your prompt was: marker-of-the-prompt"


@dataclass(frozen=True)
class WireCase:
    """`end` is a FinishReason, or the code of the error that the reader must raise."""

    chunks: list[bytes]
    text: str
    end: str = FinishReason.STOP
    usage: Usage | None = None


CHAT = Chat()
RESPONSES = Responses()
COMPLETIONS = Completions()
usage = usage_chunk


def delta(content: Any, **more: Any) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": None, **more}]})


def chunk(**choice: Any) -> bytes:
    return event({"choices": [choice]})


def error(**fields: Any) -> bytes:
    return event({"error": fields})


def finish(reason: str = "stop") -> bytes:
    return CHAT.end(reason)


def one_by_one(data: bytes) -> list[bytes]:
    return [data[index : index + 1] for index in range(len(data))]


HELLO = delta("Hel") + delta("lo") + finish()
GOOD = HELLO + usage() + DONE
SEEN = Usage(7, 2)

CHAT_CASES: dict[str, WireCase] = {
    "good": WireCase([GOOD], "Hello", usage=SEEN),
    "byte by byte": WireCase(one_by_one(GOOD), "Hello", usage=SEEN),
    "role first": WireCase([chunk(delta={"role": "assistant", "content": ""}), GOOD], "Hello", usage=SEEN),
    "CRLF": WireCase([GOOD.replace(b"\n", b"\r\n")], "Hello", usage=SEEN),
    "CRLF byte by byte": WireCase(one_by_one(GOOD.replace(b"\n", b"\r\n")), "Hello", usage=SEEN),
    "CR": WireCase([GOOD.replace(b"\n", b"\r")], "Hello", usage=SEEN),
    "CR byte by byte": WireCase(one_by_one(GOOD.replace(b"\n", b"\r")), "Hello", usage=SEEN),
    "ends of all kinds": WireCase([b": hi\r\r\n" + delta("Hel").replace(b"\n\n", b"\r\n\n") + delta("lo") + finish()], "Hello"),
    "comments and other fields": WireCase([b": ping\n\nevent: x\nid: 1\nretry: 5\n" + HELLO + b": bye\n\n" + DONE], "Hello"),
    "byte order mark": WireCase([b"\xef\xbb\xbf" + HELLO + DONE], "Hello"),
    "no space after the colon": WireCase([HELLO.replace(b"data: ", b"data:") + DONE], "Hello"),
    "event over two data lines": WireCase([delta("Hello").replace(b", ", b",\ndata: ", 1), finish(), DONE], "Hello"),
    "code point split": WireCase([delta("né 🧪")[:-40], delta("né 🧪")[-40:-35], delta("né 🧪")[-35:], finish()], "né 🧪"),
    "code points byte by byte": WireCase(one_by_one(delta("né 🧪 早上") + finish() + DONE), "né 🧪 早上"),
    "invalid UTF-8": WireCase([delta("caf@!").replace(b"@", b"\xe9") + finish() + DONE], "caf\ufffd!"),
    "half a surrogate pair": WireCase([event({}) + delta("a@b").replace(b"@", b"\\ud83e") + finish()], "a\ufffdb"),
    "a pair in two escapes": WireCase([delta("a@b").replace(b"@", b"\\ud83e\\uddea") + finish()], "a🧪b"),
    "NUL": WireCase([delta("a\0b") + finish()], "a\0b"),
    "data is no JSON": WireCase([b"data: oops\n\n", HELLO, b"data: {\n\n", DONE], "Hello"),
    "nothing but no JSON": WireCase([b"data: oops\n\ndata: {\n\n"], "", "server_error"),
    "JSON of other kinds": WireCase([b'data: []\n\ndata: 1\n\ndata: "x"\n\ndata: null\n\n', HELLO], "Hello"),
    "JSON too deep": WireCase([b"data: " + b"[" * 100_000 + b"\n\n", HELLO], "Hello"),
    "choices empty": WireCase([event({"choices": []}), HELLO], "Hello"),
    "choices of other kinds": WireCase(
        [event({"choices": None}), event({"choices": {"a": 1}}), event({"choices": [3]}), HELLO], "Hello"
    ),
    "delta of other kinds": WireCase([chunk(delta=None), chunk(delta="x"), HELLO], "Hello"),
    "content null": WireCase([delta(None), HELLO], "Hello"),
    "content a number": WireCase([delta(42), HELLO], "Hello"),
    "content true": WireCase([delta(True), HELLO], "Hello"),
    "content a list": WireCase(
        [delta([{"type": "text", "text": "Hel"}, {"type": "x"}, 7, {"text": 1}, {"text": "lo"}]), finish()], "Hello"
    ),
    "thoughts are no text": WireCase([chunk(delta={"reasoning_content": "hm"}), HELLO], "Hello"),
    "a refusal is text": WireCase([chunk(delta={"content": None, "refusal": "I won't."}), finish()], "I won't."),
    "text in the last event": WireCase([delta("Hel"), delta("lo", finish_reason="stop")], "Hello"),
    "deltas after finish": WireCase([HELLO, delta(" there"), finish("length"), DONE], "Hello"),
    "length": WireCase([delta("Hel"), finish("length"), DONE], "Hel", FinishReason.LENGTH),
    "content filter": WireCase([delta("Hel"), finish("content_filter")], "Hel", FinishReason.CONTENT_FILTER),
    "a reason of its own": WireCase([delta("Hello"), finish("eos_token")], "Hello"),
    "a reason that is none": WireCase([delta("Hel", finish_reason=7), delta("lo", finish_reason=""), finish()], "Hello"),
    "finish without text": WireCase([finish("length"), DONE], "", FinishReason.LENGTH),
    "no finish": WireCase([delta("Hel"), DONE], "Hel", "interrupted"),
    "no finish, no text": WireCase([usage(), DONE], "", "server_error"),
    "nothing at all": WireCase([], "", "server_error"),
    "DONE first": WireCase([DONE, HELLO], "", "server_error"),
    "DONE twice": WireCase([HELLO, DONE, DONE], "Hello"),
    "DONE never": WireCase([HELLO], "Hello"),
    "last blank line missing": WireCase([GOOD.removesuffix(DONE)[:-2]], "Hello", usage=SEEN),
    "usage in every event": WireCase([usage(7, 1), delta("Hello"), usage(7, 2), finish(), DONE], "Hello", usage=SEEN),
    "usage negative": WireCase([HELLO, usage(-1, 2), DONE], "Hello"),
    "usage huge": WireCase([HELLO, usage(10**30, 2), usage(7, 10**12), DONE], "Hello"),
    "usage of other kinds": WireCase(
        [HELLO, usage("7", 2), usage(True, False), usage(1.5, None), event({"usage": [1]})], "Hello"
    ),
    "HTML": WireCase([b"<!doctype html>\n<html>\n<p>data: nothing here</p>\n\n</html>"], "", "server_error"),
    "error first": WireCase([error(message="slow down", code="rate_limit_exceeded")], "", "rate_limited"),
    "error of vLLM": WireCase([error(message="bad", type="BadRequestError", code=400), DONE], "", "bad_request"),
    "error after text": WireCase([delta("Hel") + error(message="oops", type="server_error")], "Hel", "interrupted"),
    "quota after text": WireCase([delta("Hel"), error(code="insufficient_quota")], "Hel", "quota"),
    "error that says too much": WireCase([error(message=SECRET_ERROR)], "", "key_rejected"),
    "error in words": WireCase([event({"error": "model crashed"})], "", "server_error"),
    "error after finish": WireCase([HELLO, error(code="rate_limit_exceeded")], "Hello"),
    "error as plain JSON": WireCase([b'{"error": {"code": ', b'"model_not_found"}}'], "", "model_not_allowed"),
    "a line of two megabytes": WireCase([delta("He"), delta("x" * 2_000_000), delta("llo"), finish()], "Hello"),
    "a megabyte without an end": WireCase([delta("Hel"), b"data: ", *[b"x" * 65_536] * 40], "Hel", "interrupted"),
}


def cases_of_all(form: Format) -> dict[str, WireCase]:
    """What must be read from the stream of any endpoint, in its own format."""
    hello = form.head + form.delta("Hel") + form.delta("lo") + form.end()
    good = form.head + form.delta("Hel") + form.delta("lo") + form.end(used=(7, 2)) + form.done
    accents = form.delta("né 🧪")
    return {
        "good": WireCase([good], "Hello", usage=SEEN),
        "byte by byte": WireCase(one_by_one(good), "Hello", usage=SEEN),
        "CRLF": WireCase([good.replace(b"\n", b"\r\n")], "Hello", usage=SEEN),
        "CR byte by byte": WireCase(one_by_one(good.replace(b"\n", b"\r")), "Hello", usage=SEEN),
        "comments": WireCase([b": ping\n\n" + hello + b": bye\n\n"], "Hello"),
        "code point split": WireCase([accents[:-60], *one_by_one(accents[-60:]), form.end()], "né 🧪"),
        "invalid UTF-8": WireCase([form.delta("caf@!").replace(b"@", b"\xe9") + form.end()], "caf\ufffd!"),
        "half a surrogate pair": WireCase([form.delta("a@b").replace(b"@", b"\\ud83e") + form.end()], "a\ufffdb"),
        "NUL": WireCase([form.delta("a\0b") + form.end()], "a\0b"),
        "data is no JSON": WireCase([b"data: oops\n\n", hello, b"data: {\n\n"], "Hello"),
        "JSON of other kinds": WireCase([b'data: []\n\ndata: 1\n\ndata: "x"\n\ndata: null\n\n', hello], "Hello"),
        "choices empty": WireCase([event({"choices": []}), event({"response": None, "type": None}), hello], "Hello"),
        "text null": WireCase([form.delta(None), hello], "Hello"),
        "text a number": WireCase([form.delta(42), hello], "Hello"),
        "text empty": WireCase([form.delta(""), hello], "Hello"),
        "deltas after finish": WireCase([hello, form.delta(" there"), form.end("length")], "Hello"),
        "length": WireCase([form.delta("Hel"), form.end("length")], "Hel", FinishReason.LENGTH),
        "content filter": WireCase([form.delta("Hel"), form.end("content_filter")], "Hel", FinishReason.CONTENT_FILTER),
        "finish without text": WireCase([form.head, form.end("length")], "", FinishReason.LENGTH),
        "no finish": WireCase([form.head, form.delta("Hel"), DONE], "Hel", "interrupted"),
        "no finish, no text": WireCase([form.head, DONE], "", "server_error"),
        "nothing at all": WireCase([], "", "server_error"),
        "DONE first": WireCase([DONE, hello], "", "server_error"),
        "DONE twice": WireCase([hello, DONE, DONE], "Hello"),
        "usage negative": WireCase([form.delta("Hello"), form.end(used=(-1, 2))], "Hello"),
        "usage huge": WireCase([form.delta("Hello"), form.end(used=(10**30, 2))], "Hello"),
        "usage of other kinds": WireCase([form.delta("Hello"), form.end(used=("7", True))], "Hello"),
        "HTML": WireCase([b"<!doctype html>\n<html>\n<p>data: nothing here</p>\n\n</html>"], "", "server_error"),
        "error first": WireCase([error(message="slow down", code="rate_limit_exceeded")], "", "rate_limited"),
        "error after text": WireCase([form.delta("Hel") + error(message="oops", type="server_error")], "Hel", "interrupted"),
        "quota after text": WireCase([form.delta("Hel"), error(code="insufficient_quota")], "Hel", "quota"),
        "error that says too much": WireCase([error(message=SECRET_ERROR)], "", "key_rejected"),
        "error after finish": WireCase([hello, error(code="rate_limit_exceeded")], "Hello"),
        "error as plain JSON": WireCase([b'{"error": {"code": ', b'"model_not_found"}}'], "", "model_not_allowed"),
        "a line of two megabytes": WireCase(
            [form.delta("Hel"), form.delta("x" * 2_000_000), form.delta("lo") + form.end()], "Hello"
        ),
    }


RESPONSES_HELLO = RESPONSES.delta("Hello") + RESPONSES.end()
RESPONSES_CASES = cases_of_all(RESPONSES) | {
    "thoughts are no text": WireCase(
        [
            RESPONSES.head,
            RESPONSES.event("response.reasoning_summary_text.delta", item_id="rs_1", output_index=0, summary_index=0, delta="hm"),
            RESPONSES.event("response.reasoning_text.delta", item_id="rs_1", output_index=0, content_index=0, delta="hm, hm"),
            RESPONSES.delta("Hello") + RESPONSES.end(used=(7, 2)),
        ],
        "Hello",
        usage=SEEN,
    ),
    "a refusal is text": WireCase([RESPONSES.delta("I won't.", kind="response.refusal.delta"), RESPONSES.end()], "I won't."),
    "two messages": WireCase(
        [RESPONSES.delta("One "), RESPONSES.delta("moment."), RESPONSES.delta("There.", output_index=2), RESPONSES.end()],
        "One moment.\n\nThere.",
    ),
    "failed": WireCase([RESPONSES.head, RESPONSES.failed("server_error")], "", "server_error"),
    "failed after text": WireCase([RESPONSES.delta("Hel"), RESPONSES.failed("server_error")], "Hel", "interrupted"),
    "failed for the rate": WireCase([RESPONSES.head, RESPONSES.failed("rate_limit_exceeded")], "", "rate_limited"),
    "failed for what was said": WireCase([RESPONSES.head, RESPONSES.failed("invalid_prompt")], "", "content_filter"),
    "failed without a reason": WireCase([RESPONSES.event("response.failed", response=None)], "", "server_error"),
    "error event": WireCase(
        [RESPONSES.event("error", code="insufficient_quota", message="You exceeded your current quota.", param=None)], "", "quota"
    ),
    "error event without a code": WireCase([RESPONSES.event("error", code=None, message=SECRET_ERROR)], "", "key_rejected"),
    "completed without anything": WireCase([RESPONSES.delta("Hello"), event({"type": "response.completed"})], "Hello"),
    "a reason of its own": WireCase(
        [RESPONSES.delta("Hello"), RESPONSES.event("response.incomplete", response={"incomplete_details": 7, "usage": []})],
        "Hello",
    ),
    "events that nobody knows": WireCase(
        [RESPONSES.event("response.dreamt.delta", delta="x"), event({"type": ["response.completed"]}), RESPONSES_HELLO],
        "Hello",
    ),
}

COMPLETIONS_CASES = cases_of_all(COMPLETIONS) | {
    "usage apart": WireCase([COMPLETIONS.delta("Hello"), COMPLETIONS.end(), usage(), DONE], "Hello", usage=SEEN),
    "choices of other kinds": WireCase(
        [event({"choices": None}), event({"choices": [3]}), COMPLETIONS.delta("Hello"), COMPLETIONS.end()],
        "Hello",
    ),
    "blanks before the first word": WireCase(
        [COMPLETIONS.delta("\n\n"), COMPLETIONS.delta(" Hel"), COMPLETIONS.delta(" lo"), COMPLETIONS.end()], "Hel lo"
    ),
    "the model goes on as the visitor": WireCase(
        [COMPLETIONS.delta("Hello\n<|user|>\nAnd you?\n<|assistant|>\nFine."), COMPLETIONS.end()], "Hello\n"
    ),
    "a sequence byte by byte": WireCase(
        [COMPLETIONS.delta(sign) for sign in "Hello <|assistant|>more"] + [COMPLETIONS.end()], "Hello "
    ),
    "a sequence first": WireCase([COMPLETIONS.delta("<|us"), COMPLETIONS.delta("er|>Hi"), COMPLETIONS.end()], ""),
    "nearly a sequence": WireCase(
        [COMPLETIONS.delta(sign) for sign in "a <|user> <|use|> <| <|assistant|"] + [COMPLETIONS.end()],
        "a <|user> <|use|> <| <|assistant|",
    ),
    "nearly a sequence, then nothing": WireCase([COMPLETIONS.delta("Hel<|us"), DONE], "Hel<|us", "interrupted"),
}

CASES = {"chat": cases_of_all(FORMATS["chat"]) | CHAT_CASES, "responses": RESPONSES_CASES, "completions": COMPLETIONS_CASES}
