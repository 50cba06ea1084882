"""The secrets of an installation that nobody gave any: written once to a file that only its owner can read.

The local and test profiles use it. Production must be given its secrets and never comes here.
"""

import os
import secrets
from pathlib import Path

FILE_NAME = "secrets.env"
LISTS = ("PEPPERS", "WORKER_KEYS", "PROMPT_KEYS")  # 32 random bytes each, in hex; newest first, separated by commas


def read_or_write(data: Path) -> dict[str, str]:
    """The secrets kept in `data`, made on the first call. The file is 0600 from its first byte on."""
    path = data / FILE_NAME
    if not path.exists():
        _write_once(path)
    return read(data)


def read(data: Path) -> dict[str, str]:
    """The secrets kept in `data`; none if none were written."""
    path = data / FILE_NAME
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _write_once(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {"SECRET_KEY": secrets.token_urlsafe(48)} | {name: secrets.token_hex(32) for name in LISTS}
    text = "# Whoever has this file and a running server can read present visits. Keep it, back it up apart.\n"
    text += "".join(f"{name}={value}\n" for name, value in made.items())
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)  # fails if another process was first: then its secrets hold
    except FileExistsError:
        pass
    finally:
        draft.unlink()
