"""Which error of ours an upstream's refusal is: from the status and the error object, whose text is read and never kept."""

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from gptlab.llm import errors

_BY_CODE: dict[str, type[errors.UpstreamError]] = {
    "insufficient_quota": errors.QuotaExceeded,
    "billing_hard_limit_reached": errors.QuotaExceeded,
    "billing_not_active": errors.QuotaExceeded,
    "invalid_api_key": errors.KeyRejected,
    "account_deactivated": errors.KeyRejected,
    "authentication_error": errors.KeyRejected,
    "context_length_exceeded": errors.ContextTooLong,
    "string_above_max_length": errors.ContextTooLong,
    "exceed_context_size_error": errors.ContextTooLong,
    "model_not_found": errors.ModelNotAllowed,
    "insufficient_permissions": errors.ModelNotAllowed,
    "content_filter": errors.ContentFiltered,
    "content_policy_violation": errors.ContentFiltered,
    "invalid_prompt": errors.ContentFiltered,
    "bio_policy": errors.ContentFiltered,
    "misalignment_policy_violation": errors.ContentFiltered,
    "rate_limit_exceeded": errors.RateLimited,
    "server_error": errors.ServerFailed,
}
_BY_STATUS: dict[int, type[errors.UpstreamError]] = {
    401: errors.KeyRejected,
    402: errors.QuotaExceeded,
    403: errors.ModelNotAllowed,
    408: errors.TimedOut,
    413: errors.ContextTooLong,
    429: errors.RateLimited,
}
# Servers that give no code say it in words (vLLM, llama.cpp, Ollama, older gateways).
_BY_WORDS: tuple[tuple[str, type[errors.UpstreamError]], ...] = (
    ("exceeded your current quota", errors.QuotaExceeded),
    ("insufficient credit", errors.QuotaExceeded),
    ("maximum context length", errors.ContextTooLong),
    ("context window", errors.ContextTooLong),
    ("context size", errors.ContextTooLong),
    ("incorrect api key", errors.KeyRejected),
)
# Fields that a request can do without, if a model or server does not take them. `store` is none of them: left out, OpenAI stores.
DISPENSABLE = frozenset(
    {"temperature", "top_p", "frequency_penalty", "presence_penalty", "stream_options"}
    | {"max_tokens", "max_completion_tokens", "max_output_tokens"}
)  # fmt: skip
_UNSUPPORTED_CODES = ("unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden")
_UNSUPPORTED_WORDS = re.compile(
    r"unsupported|not support|n.t support|unrecogni[sz]ed|unknown (?:parameter|field)|unexpected|not (?:permitted|allowed)"
)
_WORDS_MOST = 2000
_TRY_AGAIN_IN = re.compile(r"try again in (?:(?P<minutes>\d+)m)?(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s)")


def refusal(status: int, error: object, *, retry_after: float | None = None) -> errors.UpstreamError:
    """`error` is the error object of the body, in whatever form the upstream gave it (dict, list, text or nothing)."""
    kind = _kind(status, error)
    if kind is errors.BadRequest:
        return errors.BadRequest(retry_after, parameter=_unsupported(status, error))
    if kind is errors.RateLimited and retry_after is None:
        retry_after = _said_wait(error)
    return kind(retry_after)


def refusal_in(event: dict[str, object]) -> errors.UpstreamError | None:
    """The refusal that an event of a stream, or a body with status 200, carries; None if it carries none."""
    error = event.get("error") or (event if "error" in (event.get("object"), event.get("type")) else None)
    if not error:
        return None
    code = error.get("code") if isinstance(error, dict) else None
    return refusal(code if isinstance(code, int) else 500, error)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the upstream asks to wait (RFC 9110: a number or a date); None if it names none that makes sense."""
    if (milliseconds := headers.get("retry-after-ms", "")).isdecimal():
        return int(milliseconds[:12]) / 1000
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _kind(status: int, error: object) -> type[errors.UpstreamError]:
    fields: dict[str, object] = error if isinstance(error, dict) else {"message": error}
    for name in (fields.get("code"), fields.get("type")):
        if isinstance(name, str) and name in _BY_CODE:
            return _BY_CODE[name]
    words = _words(error)
    for sign, kind in _BY_WORDS:
        if sign in words:
            return kind
    if status == 404 and "model" in words:
        return errors.ModelNotAllowed
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return errors.ServerFailed if status >= 500 else errors.BadRequest


def _unsupported(status: int, error: object) -> str:
    """The dispensable field that the refusal says is not taken, or nothing."""
    if status not in (400, 422):
        return ""
    fields: dict[str, object] = error if isinstance(error, dict) else {}
    words = _words(error)
    if fields.get("code") not in _UNSUPPORTED_CODES and not _UNSUPPORTED_WORDS.search(words):
        return ""
    if (named := fields.get("param")) and isinstance(named, str):
        name = named.partition(".")[0]
        return name if name in DISPENSABLE else ""
    # The first one named is meant: "Unsupported parameter: 'max_tokens' … Use 'max_completion_tokens' instead."
    return next((name for name in re.findall(r"[a-z_]+", words) if name in DISPENSABLE), "")


def _said_wait(error: object) -> float | None:
    """Seconds, from the words of those who send no header: "Please try again in 1m2.5s." """
    found = _TRY_AGAIN_IN.search(_words(error))
    if found is None:
        return None
    seconds = float(found["number"]) / (1000 if found["unit"] == "ms" else 1)
    return int(found["minutes"] or 0) * 60 + seconds


def _words(error: object) -> str:
    """What the error says, in whatever form: for looking at, never for keeping."""
    said = (error.get("message") or error) if isinstance(error, dict) else error
    return str(said or "")[:_WORDS_MOST].lower()
