"""How the Demo's replies look on the wire: in the form of each of OpenAI's endpoints. Knows what to write, not when."""

import json
import time
from typing import Any, Protocol

DONE = b"data: [DONE]\n\n"
_MARK = "\0"  # stands for a piece in the event around it


class Format(Protocol):
    """One reply's. Bytes are events of the stream, not yet cut into chunks."""

    def begin(self) -> bytes: ...

    def event(self, piece: str) -> dict[str, Any]: ...

    def end(self, text: str, *, reason: str, usage: tuple[int, int]) -> bytes: ...

    def whole(self, text: str, *, reason: str, usage: tuple[int, int]) -> dict[str, Any]: ...


class Chat:
    kind, stream_kind = "chat.completion", "chat.completion.chunk"

    def __init__(self, id: str, asked: dict[str, Any]) -> None:
        self._base = {"id": id, "created": int(time.time()), "model": asked["model"]}
        options = asked.get("stream_options")
        self._tells_usage = isinstance(options, dict) and options.get("include_usage") is True

    def begin(self) -> bytes:
        return _sse(self._chunk([{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]))

    def event(self, piece: str) -> dict[str, Any]:
        return self._chunk([{"index": 0, "delta": {"content": piece}, "finish_reason": None}])

    def end(self, text: str, *, reason: str, usage: tuple[int, int]) -> bytes:
        out = _sse(self._chunk([self._last(reason)]))
        return out + (_sse(self._chunk([], usage=_usage(*usage))) if self._tells_usage else b"") + DONE

    def whole(self, text: str, *, reason: str, usage: tuple[int, int]) -> dict[str, Any]:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}
        return {**self._base, "object": self.kind, "choices": [choice], "usage": _usage(*usage)}

    def _last(self, reason: str) -> dict[str, Any]:
        return {"index": 0, "delta": {}, "finish_reason": reason}

    def _chunk(self, choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        return {**self._base, "object": self.stream_kind, "choices": choices, **more}


class Completions(Chat):
    kind = stream_kind = "text_completion"

    def begin(self) -> bytes:
        return b""

    def event(self, piece: str) -> dict[str, Any]:
        return self._chunk([{"index": 0, "text": piece, "logprobs": None, "finish_reason": None}])

    def whole(self, text: str, *, reason: str, usage: tuple[int, int]) -> dict[str, Any]:
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": reason}
        return {**self._base, "object": self.kind, "choices": [choice], "usage": _usage(*usage)}

    def _last(self, reason: str) -> dict[str, Any]:
        return {"index": 0, "text": "", "logprobs": None, "finish_reason": reason}


class Responses:
    def __init__(self, id: str, asked: dict[str, Any]) -> None:
        self._base = {"id": id, "object": "response", "created_at": int(time.time()), "model": asked["model"], "store": False}
        self._place = {"item_id": f"{id}-message", "output_index": 0, "content_index": 0}
        self._number = 0

    def begin(self) -> bytes:
        item = self._message("", status="in_progress") | {"content": []}
        return (
            self._sse("response.created", response=self._response("in_progress"))
            + self._sse("response.in_progress", response=self._response("in_progress"))
            + self._sse("response.output_item.added", output_index=0, item=item)
            + self._sse("response.content_part.added", **self._place, part=_part(""))
        )

    def event(self, piece: str) -> dict[str, Any]:
        # The pieces share one number: counting them would cost as much as writing them.
        return {"type": "response.output_text.delta", "sequence_number": self._number, **self._place, "delta": piece}

    def end(self, text: str, *, reason: str, usage: tuple[int, int]) -> bytes:
        whole = self.whole(text, reason=reason, usage=usage)
        return (
            self._sse("response.output_text.done", **self._place, text=text)
            + self._sse("response.content_part.done", **self._place, part=_part(text))
            + self._sse("response.output_item.done", output_index=0, item=whole["output"][0])
            + self._sse(f"response.{whole['status']}", response=whole)
        )

    def whole(self, text: str, *, reason: str, usage: tuple[int, int]) -> dict[str, Any]:
        status = "incomplete" if reason == "length" else "completed"
        return self._response(status) | {
            "incomplete_details": {"reason": "max_output_tokens"} if reason == "length" else None,
            "output": [self._message(text, status=status)],
            "usage": {
                "input_tokens": usage[0],
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": usage[1],
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": sum(usage),
            },
        }

    def _response(self, status: str) -> dict[str, Any]:
        return {**self._base, "status": status, "error": None, "incomplete_details": None, "output": [], "usage": None}

    def _message(self, text: str, *, status: str) -> dict[str, Any]:
        fields = {"id": self._place["item_id"], "type": "message", "role": "assistant"}
        return {**fields, "status": status, "content": [_part(text)]}

    def _sse(self, kind: str, **fields: Any) -> bytes:
        self._number += 1
        return f"event: {kind}\n".encode() + _sse({"type": kind, "sequence_number": self._number, **fields})


def around(form: Format) -> tuple[bytes, bytes]:
    """What stands before and after a piece in its event, so that only the piece has to be written each time."""
    before, after = json.dumps(form.event(_MARK), separators=(",", ":")).split("\\u0000")
    return f"data: {before}".encode(), f"{after}\n\n".encode()


def moderation(verdicts: list[tuple[str, ...]], *, known: tuple[str, ...]) -> dict[str, Any]:
    """The answer of the moderation endpoint: one result for each text, by the categories that it falls in."""
    results = [
        {
            "flagged": bool(found),
            "categories": {name: name in found for name in known},
            "category_scores": {name: 0.99 if name in found else 0.0 for name in known},
            "category_applied_input_types": {name: ["text"] if name in found else [] for name in known},
        }
        for found in verdicts
    ]
    return {"id": "modr-demo", "model": "omni-moderation-latest", "results": results}


def _usage(tokens_in: int, tokens_out: int) -> dict[str, int]:
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _sse(event: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n"
