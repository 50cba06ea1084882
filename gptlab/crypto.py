"""Keys and ciphertexts: derive, seal, open. The only importer of `cryptography`; it knows bytes and contexts, no accounts.

Every ciphertext starts with a version byte: ours is 1, and a Fernet token's own is 0x80.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12


class Damaged(Exception):
    """This ciphertext does not open with this key in this place."""


def random_key() -> bytes:
    return os.urandom(KEY_BYTES)


def context(*parts: object) -> bytes:
    """One unambiguous byte string from several parts: each with its length before it."""
    encoded = [str(part).encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def derive(key: bytes, info: bytes, *, salt: bytes | None = None) -> bytes:
    """HKDF-SHA256 (RFC 5869): 32 bytes that belong to `info` alone."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(key)


def stretch(secret: bytes, *, salt: bytes, iterations: int) -> bytes:
    """PBKDF2-HMAC-SHA256 (RFC 8018): 32 bytes, slow on purpose. Releases the GIL."""
    return hashlib.pbkdf2_hmac("sha256", secret, salt, iterations, KEY_BYTES)


def digest(data: bytes) -> str:
    """SHA-256, in hex: anybody can make it again."""
    return hashlib.sha256(data).hexdigest()


def authenticate(key: bytes, data: bytes) -> str:
    """HMAC-SHA-256 (RFC 2104), in hex: only who has the key can make it."""
    return hmac.digest(key, data, "sha256").hex()


def is_same(one: str, other: str) -> bool:
    """Takes as long whether they differ early or late."""
    return hmac.compare_digest(one.encode(), other.encode())


def stretch_passphrase(passphrase: str, *, salt: bytes) -> bytes:
    """Scrypt (RFC 7914), with 128 MB of memory: for what a person thought up, and what others may get to guess at at home."""
    return Scrypt(salt=salt, length=KEY_BYTES, n=2**17, r=8, p=1).derive(passphrase.encode("utf-8", "surrogatepass"))


def seal(key: bytes, plain: bytes, *, associated: bytes = b"") -> bytes:
    """AES-256-GCM under a 32-byte key: version byte, 12-byte random nonce, ciphertext with tag."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, associated)


def unseal(key: bytes, sealed: bytes, *, associated: bytes = b"") -> bytes:
    """The reverse of `seal`. Raises Damaged for another key, another place or a changed byte."""
    if sealed[:1] != _VERSION:
        raise Damaged("unknown version")
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    cipher = AESGCM(key)  # outside of the try: a key of another length is a mistake of ours, not damage
    try:
        return cipher.decrypt(nonce, body, associated)
    except (InvalidTag, ValueError) as error:
        raise Damaged("does not open") from error


def unseal_with_any(keys: Sequence[bytes], sealed: bytes, *, associated: bytes = b"") -> bytes:
    """`unseal` with the first key that opens: keys that rotate are lists, newest first."""
    for key in keys:
        try:
            return unseal(key, sealed, associated=associated)
        except Damaged:
            continue
    raise Damaged("no key opens it")


def seal_text(key: bytes, text: str) -> str:
    """A database row: a Fernet token under a 32-byte key, which the caller derived for this very place."""
    return _fernet(key).encrypt(_to_bytes(text)).decode()


def unseal_text(key: bytes, token: str) -> str:
    try:
        return _to_text(_fernet(key).decrypt(token.encode()))
    except (InvalidToken, ValueError) as error:
        raise Damaged("does not open") from error


def seal_under_list(keys: Sequence[bytes], text: str) -> str:
    """A Fernet token under the newest of the server's keys (secret prompts)."""
    return _multi(tuple(keys)).encrypt(_to_bytes(text)).decode()


def unseal_under_list(keys: Sequence[bytes], token: str) -> str:
    try:
        return _to_text(_multi(tuple(keys)).decrypt(token.encode()))
    except (InvalidToken, ValueError) as error:
        raise Damaged("does not open") from error


def is_under_newest(keys: Sequence[bytes], token: str) -> bool:
    try:
        _fernet(keys[0]).decrypt(token.encode())
    except (InvalidToken, ValueError):
        return False
    return True


def under_newest(keys: Sequence[bytes], token: str) -> str:
    """The same text, sealed anew. Nobody sees it meanwhile. Raises Damaged if none of the keys opens it."""
    try:
        return _multi(tuple(keys)).rotate(token.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Damaged("does not open") from error


def _to_bytes(text: str) -> bytes:
    """Any text comes back exactly as it was given, a lone surrogate too."""
    return text.encode("utf-8", "surrogatepass")


def _to_text(plain: bytes) -> str:
    return plain.decode("utf-8", "surrogatepass")


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))


@lru_cache(maxsize=4)
def _multi(keys: tuple[bytes, ...]) -> MultiFernet:
    return MultiFernet([_fernet(key) for key in keys])
