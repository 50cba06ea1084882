"""Looks for a secret in Redis in every form in which one commonly ends up somewhere."""

import base64

import redis


def forms(secret: bytes) -> dict[str, bytes]:
    """Raw, hex, UTF-16 and base64; the latter three times, by where in the whole the secret begins, without the ragged ends."""
    found = {"raw": secret, "hex": secret.hex().encode(), "HEX": secret.hex().upper().encode()}
    found["utf-16"] = bytes(byte for char in secret for byte in (char, 0))[:-1]  # without the last zero: either byte order
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret)
        inner = encoded[4 if shift else 0 : len(encoded) - 4]
        found[f"base64+{shift}"] = inner
        found[f"base64url+{shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def everything(server: redis.Redis) -> bytes:
    """All names and all values of whatever type, uncompressed."""
    server.config_set("rdbcompression", "no")
    names = list(server.scan_iter())
    return b"\n".join([*names, *(server.dump(name) or b"" for name in names)])


def traces(server: redis.Redis, secret: bytes) -> list[str]:
    """In which forms the secret is there."""
    there = everything(server)
    assert there
    return [name for name, form in forms(secret).items() if form in there]
