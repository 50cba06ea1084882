"""The second factor of a member of the staff: codes of an app (TOTP, RFC 6238), and ten codes to fall back on.

django-otp has such devices of its own, which keep their keys in the clear. This one's is sealed under the server's keys, so that
a stolen database is not enough to make codes; of the codes to fall back on only hashes are kept.
"""

import base64
import hmac
import secrets
from time import time
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from gptlab import crypto
from gptlab.fields import EncryptedTextField

ISSUER = "GPT Lab"
KEY_BYTES = 20  # as RFC 4226 recommends
TOLERANCE = 1  # steps of 30 seconds, before and after
RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class Authenticator(ThrottlingMixin, Device):  # type: ignore[misc]  # the package has no types
    """One for each of the staff, saved once its first code was typed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticator")
    key = EncryptedTextField(editable=False)  # hex
    last_t = models.BigIntegerField(default=-1, editable=False)  # the step of the newest code that was taken: none counts twice
    recovery = models.JSONField(default=list, editable=False)  # hex, HMAC-SHA-256 of those that were not used

    class Meta:
        verbose_name = _("authenticator")
        verbose_name_plural = _("authenticators")

    def get_throttle_factor(self) -> int:
        return 1  # seconds after the first wrong code; twice as long after each further one

    def verify_token(self, token: Any) -> bool:
        """In a transaction that has locked the row. Counts what is wrong, and takes each code once."""
        allowed, _why = self.verify_is_allowed()
        if not allowed:
            return False
        typed = _plain(str(token))
        if not (self.accepts(typed) or self._is_recovery(typed)):
            self.throttle_increment()
            return False
        self.throttle_reset(commit=False)
        self.save()
        return True

    def make_recovery_codes(self) -> list[str]:
        """New ones in place of the old: to be shown once. Saves nothing else."""
        codes = ["".join(secrets.choice(_ALPHABET) for _letter in range(10)) for _code in range(RECOVERY_CODES)]
        self.recovery = [self._hash(code) for code in codes]
        self.save(update_fields=["recovery"])
        return [f"{code[:5]}-{code[5:]}" for code in codes]

    @property
    def key_text(self) -> str:
        """As apps take it typed."""
        return base64.b32encode(bytes.fromhex(self.key)).decode().rstrip("=")

    def address(self, name: str) -> str:
        """What the square says to an app. `name` is whose it will be."""
        label = quote(f"{ISSUER}:{name}")
        return f"otpauth://totp/{label}?{urlencode({'secret': self.key_text, 'issuer': ISSUER})}"

    def accepts(self, code: str) -> bool:
        """A code of the app, not one that was taken. Saves and counts nothing."""
        typed = _plain(code)
        if len(typed) != 6 or not (typed.isascii() and typed.isdecimal()):
            return False
        totp = TOTP(bytes.fromhex(self.key))
        totp.time = time()
        if not totp.verify(int(typed), tolerance=TOLERANCE, min_t=self.last_t + 1):
            return False
        self.last_t = totp.t()
        return True

    def _is_recovery(self, typed: str) -> bool:
        hashed = self._hash(typed)
        found = [each for each in self.recovery if hmac.compare_digest(each, hashed)]
        self.recovery = [each for each in self.recovery if each not in found]
        return bool(found)

    def _hash(self, code: str) -> str:
        """Under the device's own key: no table of hashes of all codes is of use."""
        key = crypto.derive(bytes.fromhex(self.key), crypto.context("recovery"))
        return crypto.authenticate(key, code.encode())


def _plain(code: str) -> str:
    """As people type it, and as it is counted."""
    return "".join(code.split()).replace("-", "").lower()


def new_key() -> str:
    return secrets.token_hex(KEY_BYTES)
