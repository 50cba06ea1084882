import pickle

import pytest

from gptlab.llm import errors

KINDS = errors.UpstreamError.__subclasses__()


def test_codes_are_stable():
    assert {kind.code for kind in KINDS} == {
        "key_rejected",
        "quota",
        "rate_limited",
        "context_too_long",
        "model_not_allowed",
        "content_filter",
        "timeout",
        "interrupted",
        "server_error",
        "unreachable",
        "bad_request",
    }
    assert all(len(kind.code) <= 32 for kind in KINDS)


def test_only_what_may_pass_is_worth_a_second_try():
    assert {kind.code for kind in KINDS if kind.retryable} == {
        "rate_limited",
        "timeout",
        "interrupted",
        "server_error",
        "unreachable",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_error_says_its_code_and_no_more(kind):
    error = kind(3.0)
    assert str(error) == kind.code
    assert error.args == ()
    assert error.retry_after == 3.0


def test_error_survives_pickling():
    copy = pickle.loads(pickle.dumps(errors.RateLimited(3.0)))
    assert (type(copy), copy.retry_after) == (errors.RateLimited, 3.0)
