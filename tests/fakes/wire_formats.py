"""How each endpoint writes a stream, as OpenAI documents it: the events of a reply, as bytes."""

import json
from typing import Any, Protocol

DONE = b"data: [DONE]\n\n"


class Format(Protocol):
    """`end` is what follows the last word: why it stopped, and (tokens in, tokens out) if the usage is told."""

    head: bytes
    done: bytes

    def delta(self, text: Any) -> bytes: ...

    def end(self, reason: str = "stop", used: tuple[Any, Any] | None = None) -> bytes: ...


def event(value: Any, *, name: str = "") -> bytes:
    line = f"event: {name}\n".encode() if name else b""
    return line + b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


class Chat:
    head = b""
    done = DONE

    def delta(self, text: Any) -> bytes:
        return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def end(self, reason: str = "stop", used: tuple[Any, Any] | None = None) -> bytes:
        out = event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        return out + (usage_chunk(*used) if used else b"")


class Completions:
    head = b""
    done = DONE

    def delta(self, text: Any) -> bytes:
        return self._chunk(text=text, finish_reason=None)

    def end(self, reason: str = "stop", used: tuple[Any, Any] | None = None) -> bytes:
        return self._chunk(text="", finish_reason=reason) + (usage_chunk(*used) if used else b"")

    def _chunk(self, **choice: Any) -> bytes:
        fields = {"id": "cmpl-7", "object": "text_completion", "created": 1764000000, "model": "gpt-3.5-turbo-instruct"}
        return event({**fields, "choices": [{"index": 0, "logprobs": None, **choice}]})


class Responses:
    done = b""
    _REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}

    @property
    def head(self) -> bytes:
        """What comes before the first word: the response, a thought of which nothing is shown, the message and its first part."""
        message = {"id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
        thought = {"id": "rs_1", "type": "reasoning", "summary": []}
        part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        return b"".join(
            [
                self.event("response.created", response=self.response("in_progress")),
                self.event("response.in_progress", response=self.response("in_progress")),
                self.event("response.output_item.added", output_index=0, item=thought),
                self.event("response.output_item.done", output_index=0, item=thought),
                self.event("response.output_item.added", output_index=1, item=message),
                self.event("response.content_part.added", item_id="msg_1", output_index=1, content_index=0, part=part),
            ]
        )

    def delta(self, text: Any, *, output_index: int = 1, kind: str = "response.output_text.delta") -> bytes:
        place = {"item_id": f"msg_{output_index}", "output_index": output_index, "content_index": 0}
        return self.event(kind, **place, delta=text, logprobs=[], obfuscation="Xk2p9")

    def end(self, reason: str = "stop", used: tuple[Any, Any] | None = None) -> bytes:
        why = self._REASONS.get(reason)
        fields: dict[str, Any] = {"incomplete_details": {"reason": why} if why else None}
        if used:
            fields["usage"] = {
                "input_tokens": used[0],
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": used[1],
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 0,
            }
        name = "incomplete" if why else "completed"
        text = self.event("response.output_text.done", item_id="msg_1", output_index=1, content_index=0, text="the whole again")
        return text + self.event(f"response.{name}", response=self.response(name, **fields))

    def failed(self, code: str, message: str = "It broke.") -> bytes:
        return self.event("response.failed", response=self.response("failed", error={"code": code, "message": message}))

    def event(self, kind: str, **fields: Any) -> bytes:
        return event({"type": kind, "sequence_number": 1, **fields}, name=kind)

    def response(self, status: str, **fields: Any) -> dict[str, Any]:
        base = {"id": "resp_1", "object": "response", "created_at": 1764000000, "model": "gpt-6-luna", "store": False}
        return {**base, "status": status, "error": None, "incomplete_details": None, "output": [], "usage": None, **fields}


def usage_chunk(tokens_in: Any = 7, tokens_out: Any = 2) -> bytes:
    return event({"choices": [], "usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}})


FORMATS: dict[str, Format] = {"chat": Chat(), "responses": Responses(), "completions": Completions()}


def endpoint_of(path: str) -> str:
    """Chat where it is none of the three: for scripts that are played at any address."""
    name = path.rpartition("/v1/")[2]
    return name if name in FORMATS else "chat"
