"""What the Demo is asked: a request to one of its endpoints as an `Asked`, or what is wrong with it. Knows no HTTP."""

import json
from collections.abc import Callable
from typing import Any

from gptlab.llm import dialogue
from gptlab.llm.demo_formats import Chat, Completions, Format, Responses
from gptlab.llm.demo_writing import Asked

MODELS = {"demo-large": "chat", "demo-small": "chat", "demo-responses": "responses", "demo-completions": "completions"}
PATHS = {"/v1/chat/completions": "chat", "/v1/responses": "responses", "/v1/completions": "completions"}
_FORMS: dict[str, Callable[[str, dict[str, Any]], Format]] = {"chat": Chat, "responses": Responses, "completions": Completions}


class Refused(Exception):
    """A request that makes no sense: what to answer."""

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def parse(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise Refused(400, None, "The body is no JSON object.")
    return asked


def read(endpoint: str, body: bytes) -> Asked:
    """Raises Refused."""
    fields = parse(body)
    messages = _messages(endpoint, fields)
    model = fields.get("model")
    served = [name for name, at in MODELS.items() if at == endpoint]
    if model not in served:
        raise Refused(404, "model_not_found", f"The models of the Demo at this endpoint are: {', '.join(served)}.")
    limits = (fields.get(name) for name in ("max_completion_tokens", "max_output_tokens", "max_tokens"))
    most = next((limit for limit in limits if isinstance(limit, int) and limit > 0), None)
    return Asked(
        model, messages, lambda reply_id: _FORMS[endpoint](reply_id, fields), streams=fields.get("stream") is True, most=most
    )


def texts(body: bytes) -> list[str]:
    """Those that moderation is to look at. Raises Refused."""
    given = parse(body).get("input")
    asked = given if isinstance(given, list) else [given]
    found = [text for text in asked if isinstance(text, str)]
    if not found or len(found) < len(asked):
        raise Refused(400, None, "input must be a text or a list of texts.")
    return found


def _messages(endpoint: str, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """In the form of Chat Completions."""
    if endpoint == "completions":
        prompt = fields.get("prompt")
        if not isinstance(prompt, str):
            raise Refused(400, None, "prompt must be a text.")
        said = dialogue.messages(prompt)
        return [{"role": each.role.value, "content": each.text} for each in said] or [{"role": "user", "content": prompt}]
    name = "messages" if endpoint == "chat" else "input"
    messages = fields.get(name)
    if endpoint == "responses" and isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise Refused(400, None, f"{name} must be a list of messages.")
    if isinstance(instructions := fields.get("instructions"), str):
        messages = [{"role": "system", "content": instructions}, *messages]
    return messages
