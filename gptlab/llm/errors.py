"""What an upstream can answer instead of a reply. No sentence for people here, and never a word of what the upstream said:
its messages repeat keys and prompts."""

from typing import ClassVar


class UpstreamError(Exception):
    """`code` is stable and stored with the reply. `retryable` tells a person whether asking again may help.

    `retry_after` is in seconds, if the upstream named a time.
    """

    code: ClassVar[str] = "upstream_error"
    retryable: ClassVar[bool] = False

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__()
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.code


class KeyRejected(UpstreamError):
    """The upstream does not know this key, or has blocked it."""

    code = "key_rejected"


class QuotaExceeded(UpstreamError):
    """The key's account has no money or quota left: waiting does not help."""

    code = "quota"


class RateLimited(UpstreamError):
    """Too many requests or tokens at once: waiting helps."""

    code = "rate_limited"
    retryable = True


class ContextTooLong(UpstreamError):
    """The messages do not fit the model's context window."""

    code = "context_too_long"


class ModelNotAllowed(UpstreamError):
    """There is no such model, or this key may not use it (or may not do this at all)."""

    code = "model_not_allowed"


class ContentFiltered(UpstreamError):
    """The upstream refuses to answer these messages."""

    code = "content_filter"


class TimedOut(UpstreamError):
    """Nothing came for too long, or the reply took too long as a whole."""

    code = "timeout"
    retryable = True


class Interrupted(UpstreamError):
    """The stream broke off after some text had come. What came is kept; asking again costs a new reply."""

    code = "interrupted"
    retryable = True


class ServerFailed(UpstreamError):
    """The upstream failed, or sent what is no reply."""

    code = "server_error"
    retryable = True


class Unreachable(UpstreamError):
    """No connection to the upstream, or it broke before the answer began."""

    code = "unreachable"
    retryable = True


class BadRequest(UpstreamError):
    """The upstream does not accept the request as it is: a parameter, a model without chat, a wrong address.

    `parameter` is the field of ours that it says it does not take, if it names one.
    """

    code = "bad_request"

    def __init__(self, retry_after: float | None = None, *, parameter: str = "") -> None:
        super().__init__(retry_after)
        self.parameter = parameter
