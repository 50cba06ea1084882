"""What the fake upstream can do, by name: each function is a script, its parameters the script's arguments."""

import asyncio
import base64
import gzip as compression
import re
from typing import TYPE_CHECKING, Any

from gptlab.llm import demo_replies
from tests.fakes.wire_cases import CASES

if TYPE_CHECKING:
    from tests.fakes.upstream import Call

LONG = 3600.0


async def echo(call: "Call") -> bool:
    return await _say(call, _pieces(f"You said: {call.last_text}"))


async def say(call: "Call", tokens: str = "10") -> bool:
    return await _say(call, _counted(tokens))


async def slow(call: "Call", milliseconds: str, tokens: str) -> bool:
    return await _say(call, _counted(tokens), pause=int(milliseconds) / 1000)


async def document(call: "Call", milliseconds: str) -> bool:
    """The Demo's longest reply: headings, tables, code, lists, formulas."""
    text = demo_replies.reply([{"role": "user", "content": "long"}])
    return await _say(call, demo_replies.pieces(text), pause=int(milliseconds) / 1000)


async def backwards(call: "Call", milliseconds: str) -> bool:
    """The last text backwards, again and again: words of its own that a test knows beforehand."""
    return await _say(call, _pieces(f"{call.last_text[::-1]} " * 40), pause=int(milliseconds) / 1000)


async def recite(call: "Call", how: str = "plainly", more: str = "200") -> bool:
    """The prompt that it was given, and on and on: a model that can be talked into it."""
    told = call.system_text
    text = {"plainly": told, "backwards": told[::-1], "base64": base64.b64encode(told.encode()).decode()}[how]
    return await _say(call, _pieces(f"Sure, here it is: {text} " + "And so on. " * int(more)), pause=0.001)


async def confide(call: "Call", *requests: str) -> bool:
    """The prompt, to who asks for it in words like one of these; to others an echo: a model that is easily talked into it."""
    asked = _words(call.last_text)
    is_meant = any(2 * len(_words(request) & asked) > len(_words(request)) for request in requests)
    return await (recite(call, more="0") if is_meant else echo(call))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}


async def think(call: "Call", seconds: str) -> bool:
    """The head at once, the first token after so long."""
    await call.head()
    await asyncio.sleep(float(seconds))
    return await _say(call, ["Well."], head=False)


async def ping(call: "Call", seconds: str) -> bool:
    """Comments for so long, then a token."""
    await call.head()
    for _ in range(int(float(seconds) / 0.05)):
        await call.write(b": ping\n\n")
        await asyncio.sleep(0.05)
    return await _say(call, ["Pong."], head=False)


async def hang(call: "Call") -> bool:
    await asyncio.sleep(LONG)
    return False


async def hang_once(call: "Call") -> bool:
    """Says nothing the first time; then answers the same text."""
    call.upstream.failures[call.last_text] += 1
    return await (hang(call) if call.upstream.failures[call.last_text] == 1 else echo(call))


async def hang_after(call: "Call", tokens: str) -> bool:
    await call.head()
    await _tokens(call, _counted(tokens))
    return await hang(call)


async def linger(call: "Call") -> bool:
    """Everything but the end: no [DONE], and the line stays open."""
    await call.head()
    await _tokens(call, _counted("3"))
    await call.write(call.wire.end(used=(7, 2)))
    return await hang(call)


async def limit(call: "Call", tokens: str) -> bool:
    """As many as it was allowed: the reply ends in the middle of a sentence."""
    await call.head()
    await _tokens(call, _counted(tokens))
    await call.write(call.wire.end("length", used=(7, int(tokens))) + call.wire.done)
    return await call.end()


async def cut_after(call: "Call", tokens: str) -> bool:
    await call.head()
    await _tokens(call, _counted(tokens))
    await asyncio.sleep(0.2)  # a connection that is reset takes along what the other side has not read
    return call.drop()


async def no_finish(call: "Call", tokens: str) -> bool:
    await call.head()
    await _tokens(call, _counted(tokens))
    await call.write(call.wire.done)
    return await call.end()


async def babble(call: "Call") -> bool:
    """A whole reply, and then words without an end."""
    await call.head()
    await _tokens(call, _counted("3"))
    await call.write(call.wire.end())
    while True:
        await call.write(call.wire.delta(" and"))
        await asyncio.sleep(0.01)


async def cut_after_done(call: "Call") -> bool:
    """A whole reply, but the HTTP message has no end."""
    await call.head()
    await _tokens(call, _counted("3"))
    await call.write(call.wire.end(used=(7, 2)) + call.wire.done)
    return call.drop()


async def late_end(call: "Call") -> bool:
    """A whole reply; the end of the HTTP message comes a little later."""
    await call.head()
    await _tokens(call, _counted("3"))
    await call.write(call.wire.end() + call.wire.done)
    await asyncio.sleep(0.03)
    return await call.end()


async def drop(call: "Call") -> bool:
    """Hangs up before the first byte."""
    return call.drop()


async def wire(call: "Call", name: str) -> bool:
    case = CASES[call.endpoint][name]
    await call.head(content_type="text/html" if name == "HTML" else "text/event-stream")
    for chunk in case.chunks:
        await call.write(chunk)
        if len(case.chunks) < 100:
            await asyncio.sleep(0.001)
    return await call.end()


async def gzip(call: "Call") -> bool:
    """Compressed, though nobody asked for it."""
    await call.head(content_encoding="gzip")
    await call.write(compression.compress(call.wire.delta("Hello") + call.wire.end() + call.wire.done))
    return await call.end()


async def cookie(call: "Call") -> bool:
    await call.head(set_cookie="session=of-this-visitor; Path=/")
    return await _say(call, ["Hello"], head=False)


async def title(call: "Call") -> bool:
    """What a chat is called, from the visitor's first words."""
    return await _say(call, _pieces(f"On {' '.join(call.last_text.split()[:4])}"))


async def recap_late(call: "Call", seconds: str) -> bool:
    """Answers what was said; takes so long over a text that quotes it."""
    return await (echo(call) if call.last_text.startswith("[[script=recap_late") else think(call, seconds))


async def redirect(call: "Call") -> bool:
    return await call.json(307, {}, location=call.upstream.base_url.replace("/v1", "/elsewhere"))


async def status(call: "Call", code: str, **headers: str) -> bool:
    return await call.json(int(code), {"error": {"message": "Something.", "type": "error", "code": None}}, **headers)


async def html(call: "Call", code: str) -> bool:
    await call.head(int(code), "text/html")
    await call.write(b"<!doctype html><title>Bad gateway</title>")
    return await call.end()


async def endless_error(call: "Call") -> bool:
    await call.head(500, "text/plain")
    while True:
        await call.write(b"x" * 65_536)


async def endless_models(call: "Call") -> bool:
    await call.head(200, "application/json")
    await call.write(b'{"data": [')
    while True:
        await call.write(b'{"id": "again"}, ' * 4000)


async def invalid_key(call: "Call") -> bool:
    return await _refuse(call, 401, "invalid_api_key", f"Incorrect API key provided: {call.api_key}.")


async def forbidden(call: "Call") -> bool:
    return await _refuse(call, 403, None, "You have insufficient permissions for this operation. Missing scopes: api.model.read.")


async def model_not_found(call: "Call") -> bool:
    return await _refuse(call, 404, "model_not_found", "The model does not exist or you do not have access to it.")


async def rate_limited(call: "Call", retry_after: str = "") -> bool:
    headers = {"retry_after": retry_after} if retry_after else {}
    return await _refuse(call, 429, "rate_limit_exceeded", "Rate limit reached for requests.", **headers)


async def quota(call: "Call") -> bool:
    return await _refuse(call, 429, "insufficient_quota", "You exceeded your current quota, please check your plan.")


async def context_too_long(call: "Call") -> bool:
    return await _refuse(call, 400, "context_length_exceeded", "This model's maximum context length is 8192 tokens.")


async def content_filter(call: "Call") -> bool:
    return await _refuse(call, 400, "content_policy_violation", "Your request was rejected.")


async def bad_parameter(call: "Call") -> bool:
    """Refuses for ever what is never sent."""
    return await _refuse(call, 400, "unsupported_value", "Unsupported value: 'temperature' does not support 0.9.", "temperature")


async def takes_only(call: "Call", *names: str) -> bool:
    """Refuses each field that is none of these, one after the other, as a reasoning model does."""
    always = {"model", "messages", "input", "prompt", "stream", "store", "stop"}
    for name in call.record["body"]:
        if name not in always and name not in names:
            return await _refuse(call, 400, "unsupported_parameter", f"Unsupported parameter: '{name}' is not supported.", name)
    return await echo(call)


async def takes_no_extras(call: "Call", *names: str) -> bool:
    """Refuses these fields as servers do that check their input with pydantic."""
    extras = [name for name in names if name in call.record["body"]]
    details = [{"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"} for name in extras]
    return await (call.json(422, {"detail": details}) if details else echo(call))


async def no_usage(call: "Call") -> bool:
    """A whole reply that does not say what it cost."""
    await call.head()
    await _tokens(call, _counted("3"))
    await call.write(call.wire.end() + call.wire.done)
    return await call.end()


async def continues(call: "Call") -> bool:
    """A model that knows no end: it goes on in the visitor's name, and for ever."""
    await call.head()
    await _tokens(call, ["Well", ".\n", "<|us", "er|>", "\nAnd then?"])
    while True:
        await call.write(call.wire.delta(" and then"))
        await asyncio.sleep(0.005)


async def leaky(call: "Call", code: str = "400") -> bool:
    """An error that repeats the key and the prompt."""
    return await _refuse(call, int(code), None, f"{call.api_key} asked: {call.record['body']}")


async def flaky(call: "Call", times: str, code: str = "503", retry_after: str = "") -> bool:
    """Fails so many times for the same key and text, then answers. Code 0 hangs up."""
    failures, asked = call.upstream.failures, (call.api_key, call.last_text)
    failures[asked] += 1
    if failures[asked] > int(times):
        return await echo(call)
    headers = {"retry_after": retry_after} if retry_after else {}
    return call.drop() if code == "0" else await status(call, code, **headers)


async def moderate(call: "Call") -> bool:
    """Flags what has the word "ugly" in it."""
    is_ugly = "ugly" in str(call.record["body"].get("input"))
    categories = {"violence": is_ugly, "harassment/threatening": is_ugly, "hate": False}
    scores = {name: 0.9 if found else 0.0 for name, found in categories.items()}
    result = {"flagged": is_ugly, "categories": categories, "category_scores": scores, "category_applied_input_types": {}}
    return await call.json(200, {"id": "modr-7", "model": "omni-moderation-2024-09-26", "results": [result]})


async def odd_verdict(call: "Call", number: str) -> bool:
    odd: list[Any] = [
        [],
        {"results": []},
        {"results": [7]},
        {"results": [{"categories": {"hate": True}}]},
        {"results": [{"flagged": "yes"}]},
    ]
    return await call.json(200, odd[int(number)])


async def models(call: "Call", count: str = "") -> bool:
    names = [f"model-{index}" for index in range(int(count))] if count else call.upstream.models
    return await call.json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in names]})


async def models_once(call: "Call") -> bool:
    """The key is taken the first time, and never after."""
    call.upstream.failures[call.api_key] += 1
    return await (models(call) if call.upstream.failures[call.api_key] == 1 else invalid_key(call))


async def odd_models(call: "Call") -> bool:
    data: list[Any] = [{"id": "gpt-6-luna"}, {"id": 7}, {"name": "x"}, "y", {"id": ""}, {"id": "a\nb"}, {"id": "m" * 500}]
    return await call.json(200, {"data": data})


async def no_models(call: "Call") -> bool:
    return await models(call, "0")


async def _refuse(call: "Call", code: int, name: str | None, message: str, param: str | None = None, **headers: str) -> bool:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": name}
    return await call.json(code, {"error": error}, **headers)


async def _say(call: "Call", tokens: list[str], *, pause: float = 0.0, head: bool = True) -> bool:
    if head:
        await call.head()
    await _tokens(call, tokens, pause=pause)
    used = (len(call.last_text) // 4, len(tokens)) if call.wants_usage else None
    await call.write(call.wire.end(used=used) + call.wire.done)
    return await call.end()


async def _tokens(call: "Call", tokens: list[str], *, pause: float = 0.0) -> None:
    await call.write(call.wire.head)
    for token in tokens:
        await call.write(call.wire.delta(token), text=token)
        if pause:
            await asyncio.sleep(pause)


def _pieces(text: str) -> list[str]:
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def _counted(tokens: str) -> list[str]:
    return [f"k{index:04d} " for index in range(int(tokens))]


SCRIPTS = {name: found for name, found in list(globals().items()) if asyncio.iscoroutinefunction(found) and name[0] != "_"}
