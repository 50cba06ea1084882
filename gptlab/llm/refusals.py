"""Which error of ours an upstream's refusal is: from the status and the error object, whose text is read and never kept."""

import math
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


def refusal(status: int, error: object, *, retry_after: float | None = None) -> errors.UpstreamError:
    """`error` is the error object of the body, in whatever form the upstream gave it (dict, text or nothing)."""
    return _kind(status, error)(retry_after)


def refusal_in(event: dict[str, object]) -> errors.UpstreamError | None:
    """The refusal that an event of a stream, or a body with status 200, carries; None if it carries none."""
    error = event if event.get("object") == "error" else event.get("error")
    if not error:
        return None
    code = error.get("code") if isinstance(error, dict) else None
    return refusal(code if isinstance(code, int) else 500, error)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the upstream asks to wait (RFC 9110: a number or a date); None if it names none that makes sense."""
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
    words = str(fields.get("message") or "")[:2000].lower()
    for sign, kind in _BY_WORDS:
        if sign in words:
            return kind
    if status == 404 and "model" in words:
        return errors.ModelNotAllowed
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return errors.ServerFailed if status >= 500 else errors.BadRequest
