from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from gptlab.llm import refusals


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (401, {"code": "invalid_api_key", "message": "Incorrect API key provided: sk-…"}, "key_rejected"),
        (401, None, "key_rejected"),
        (403, {"message": "Project does not have access to model gpt-6-sol", "code": "model_not_found"}, "model_not_allowed"),
        (403, {"message": "Missing scopes: api.model.read"}, "model_not_allowed"),
        (404, {"code": "model_not_found", "message": "The model does not exist"}, "model_not_allowed"),
        (404, {"message": 'model "llama9" not found, try pulling it first', "type": "api_error"}, "model_not_allowed"),
        (404, "<html>Not Found</html>", "bad_request"),
        (402, None, "quota"),
        (429, {"code": "insufficient_quota", "type": "insufficient_quota"}, "quota"),
        (429, {"message": "You exceeded your current quota, please check your plan and billing details."}, "quota"),
        (429, {"code": "rate_limit_exceeded", "type": "requests"}, "rate_limited"),
        (429, {"code": "rate_limit_exceeded", "type": "tokens", "message": "Request too large for gpt-4.1"}, "rate_limited"),
        (429, None, "rate_limited"),
        (400, {"code": "context_length_exceeded"}, "context_too_long"),
        (400, {"type": "exceed_context_size_error", "code": 400, "message": "the request exceeds"}, "context_too_long"),
        (400, {"message": "This model's maximum context length is 2048 tokens.", "type": "BadRequestError"}, "context_too_long"),
        (413, "Payload Too Large", "context_too_long"),
        (400, {"code": "content_filter", "message": "The response was filtered"}, "content_filter"),
        (400, {"code": "unsupported_value", "param": "temperature"}, "bad_request"),
        (422, [{"loc": ["body"]}], "bad_request"),
        (307, {}, "bad_request"),
        (408, None, "timeout"),
        (500, {"message": "The server had an error"}, "server_error"),
        (503, "<html>", "server_error"),
        (529, None, "server_error"),
    ],
)
def test_refusal_is_named(status, error, code):
    assert refusals.refusal(status, error).code == code


@pytest.mark.parametrize(
    ("status", "error", "parameter"),
    [
        (
            400,
            {"code": "unsupported_parameter", "param": "max_tokens", "message": "Unsupported parameter: 'max_tokens'"},
            "max_tokens",
        ),
        (400, {"code": "unsupported_value", "param": "temperature", "message": "Only the default (1) value"}, "temperature"),
        (400, {"code": "unknown_parameter", "param": "stream_options.include_usage"}, "stream_options"),
        (
            400,
            {"code": None, "param": None, "message": "Unrecognized request argument supplied: stream_options"},
            "stream_options",
        ),
        (400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens"),
        (400, {"message": "presence_penalty is not supported by this model", "type": "BadRequestError"}, "presence_penalty"),
        (
            422,
            {"detail": [{"type": "extra_forbidden", "loc": ["body", "top_p"], "msg": "Extra inputs are not permitted"}]},
            "top_p",
        ),
        (400, {"code": "unsupported_parameter", "param": "store"}, ""),
        (400, {"code": "unsupported_value", "param": "messages[0].role", "message": "'system' with temperature"}, ""),
        (400, {"code": "decimal_above_max_value", "param": "temperature", "message": "Expected a value <= 2"}, ""),
        (400, {"code": "invalid_value", "message": "temperature must be a number"}, ""),
        (404, {"code": "unsupported_parameter", "param": "temperature"}, ""),
        (400, None, ""),
        (400, [], ""),
        (400, {"code": ["unsupported_parameter"], "param": 7, "message": {"a": 1}}, ""),
    ],
)
def test_refusal_names_the_field_that_can_be_left_out(status, error, parameter):
    found = refusals.refusal(status, error)
    assert getattr(found, "parameter", "") == parameter
    assert "max_tokens" not in f"{found}{found!r}"


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Rate limit reached. Please try again in 20s.", 20.0),
        ("Please try again in 1m2.5s.", 62.5),
        ("Please try again in 140ms. Visit", 0.14),
        ("Please slow down.", None),
        ("Please try again in a while.", None),
    ],
)
def test_wait_is_read_from_the_words_where_no_header_says_it(words, seconds):
    assert refusals.refusal(429, {"code": "rate_limit_exceeded", "message": words}).retry_after == seconds
    assert refusals.refusal(429, {"message": words}, retry_after=3.0).retry_after == 3.0
    assert refusals.refusal(503, {"message": words}).retry_after is None


def test_refusal_keeps_how_long_to_wait():
    assert refusals.refusal(429, None, retry_after=7.0).retry_after == 7.0


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"error": {"code": 429}}, "rate_limited"),
        ({"error": {"code": "insufficient_quota"}}, "quota"),
        ({"error": "it broke"}, "server_error"),
        ({"object": "error", "message": "bad", "code": 400}, "bad_request"),
        ({"type": "error", "code": "rate_limit_exceeded", "message": "slow"}, "rate_limited"),
        ({"type": "error", "error": {"code": "insufficient_quota"}}, "quota"),
        ({"object": "error", "message": "bad", "code": 40303}, "server_error"),
    ],
)
def test_refusal_inside_of_an_answer_is_found(event, code):
    assert refusals.refusal_in(event).code == code


@pytest.mark.parametrize("event", [{}, {"error": None}, {"error": ""}, {"object": "chat.completion.chunk"}])
def test_answer_without_an_error_is_no_refusal(event):
    assert refusals.refusal_in(event) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("0", 0.0), ("-4", 0.0), ("nan", None), ("inf", None), ("soon", None), ("", None)],
)
def test_retry_after_in_seconds(value, seconds):
    assert refusals.retry_after({"retry-after": value}) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after-ms": "1500", "retry-after": "2"}, 1.5), ({"retry-after-ms": "soon", "retry-after": "2"}, 2.0)],
)
def test_retry_after_in_milliseconds_is_more_exact(headers, seconds):
    assert refusals.retry_after(headers) == seconds


def test_retry_after_as_a_date():
    then = datetime.now(UTC) + timedelta(seconds=30)
    assert refusals.retry_after({"retry-after": format_datetime(then, usegmt=True)}) == pytest.approx(30, abs=2)


def test_retry_after_is_not_always_there():
    assert refusals.retry_after({}) is None
