"""The app on the phone of a member of the staff."""

import base64
import time

from django_otp.oath import TOTP


def code_under(key_text: str, at: float | None = None) -> str:
    """The six digits that it shows `at` a time, now by default, under the key as it was typed in."""
    totp = TOTP(base64.b32decode(key_text))
    totp.time = time.time() if at is None else at
    return f"{totp.token():06}"
