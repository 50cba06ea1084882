"""The attempt to open an installation's dumps with all of its server secrets, but without any visitor: every sealed thing with
every key that these secrets, or what lies open in the dumps, can derive."""

import hashlib
import sqlite3
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

from accounts import credentials
from accounts.models import Credential
from gptlab import crypto, local_secrets

LIVE_ENTRIES = 5  # of each log: they are sealed alike


@dataclass(frozen=True)
class Sealed:
    kind: str
    value: bytes | str
    info: bytes  # what its key is derived for
    associated: bytes = b""

    def try_key(self, key: bytes) -> bytes | None:
        try:
            if isinstance(self.value, str):
                return crypto.unseal_text(key, self.value).encode("utf-8", "surrogatepass")
            return crypto.unseal(key, self.value, associated=self.associated)
        except crypto.Damaged:
            return None


class Offline:
    def __init__(self, database: Path, redis: dict[bytes, list[bytes]], secrets: dict[str, str]) -> None:
        self._rows = sqlite3.connect(database)
        self._rows.row_factory = sqlite3.Row
        self._redis, self._secrets = redis, secrets
        self.sealed = [*self._texts(), *self._saved(), *self._wrapped(), *self._prompts(), *self._in_redis()]

    @classmethod
    def of(cls, story, moment: str) -> "Offline":
        return cls(story.evidence.database[moment], story.evidence.redis[moment], story.secrets)

    @staticmethod
    def secrets_of(data: Path) -> dict[str, str]:
        return local_secrets.read(data)

    def count(self, kind: str) -> int:
        return sum(sealed.kind == kind for sealed in self.sealed)

    def opened(self, *, also: list[bytes] = (), except_kinds: set[str] = frozenset()) -> list[tuple[str, bytes]]:
        found = []
        for sealed in self.sealed:
            if sealed.kind in except_kinds:
                continue
            plain = next((plain for key in self._keys(sealed, also) if (plain := sealed.try_key(key)) is not None), None)
            if plain is not None:
                found.append((sealed.kind, plain))
        return found

    def data_key_of(self, api_key: str) -> bytes:
        """What only the visitor can do: derive the wrapping key from the API key."""
        row = self._all("SELECT * FROM accounts_credential")[0]
        pepper = bytes.fromhex(self._secrets["PEPPERS"])
        root = credentials.root(provider=row["provider"], key=api_key, pepper=pepper, iterations=row["iterations"])
        assert root.lookup_hash == row["lookup_hash"]
        return credentials.unwrap(_credential(row), root=root)

    def _keys(self, sealed: Sealed, also: list[bytes]) -> list[bytes]:
        bases = [*also, *self._bases]
        salts = [None, *(bytes(row["salt"]) for row in self._all("SELECT salt FROM accounts_credential"))]
        infos = {sealed.info, b"", b"name", b"seal", b"id-salt", b"lookup-hash", b"wrapping-key"}
        return bases + [crypto.derive(base, info, salt=salt) for base in bases for info in infos for salt in salts]

    @cached_property
    def _bases(self) -> list[bytes]:
        """All server secrets, and what in the dumps could be taken for a key: the hash that names a credential above all."""
        texts = [self._secrets["SECRET_KEY"]]
        raw = [bytes.fromhex(self._secrets[name]) for name in local_secrets.LISTS if name in self._secrets]
        for row in self._all("SELECT * FROM accounts_credential"):
            raw += [bytes.fromhex(row["lookup_hash"]), bytes(row["salt"])]
            texts += [row["lookup_hash"], row["user_id"]]
        texts += [key.decode().partition(":")[2] for key in self._redis if key.startswith(b"visit:")]
        return raw + [hashlib.sha256(text.encode()).digest() for text in texts] + [text.encode()[:32].ljust(32) for text in texts]

    def _texts(self) -> list[Sealed]:
        sql = """SELECT t.sealed_text AS said, r.sealed_text AS replied, t.number, r.variant, s.id AS session, s.user_id AS user
                 FROM chats_turn t JOIN chats_chatsession s ON s.id = t.session_id JOIN chats_reply r ON r.turn_id = t.id"""
        found = []
        for row in self._all(sql):
            place = (UUID(row["user"]), UUID(row["session"]), row["number"])
            if row["said"]:
                found.append(Sealed("turn", row["said"], crypto.context("row", *place, 0, "user")))
            if row["replied"]:
                found.append(Sealed("reply", row["replied"], crypto.context("row", *place, row["variant"], "assistant")))
        return found

    def _saved(self) -> list[Sealed]:
        rows = self._all("SELECT id, user_id, sealed_text FROM chats_savedmessage")
        places = [crypto.context("saved", UUID(row["user_id"]), UUID(row["id"])) for row in rows]
        return [Sealed("saved message", row["sealed_text"], place) for row, place in zip(rows, places, strict=True)]

    def _wrapped(self) -> list[Sealed]:
        rows = self._all("SELECT * FROM accounts_credential")
        return [
            Sealed("wrapped data key", bytes(row["wrapped_data_key"]), b"wrapping-key", credentials._place(_credential(row)))
            for row in rows
        ]

    def _prompts(self) -> list[Sealed]:
        rows = self._all("SELECT initial_prompt FROM assistants_version")
        return [Sealed("prompt", row["initial_prompt"], b"") for row in rows]

    def _in_redis(self) -> list[Sealed]:
        found = []
        for key, values in self._redis.items():
            kind, _, rest = key.decode(errors="replace").partition(":")
            if kind == "visit":
                found += [Sealed("visit", value, b"seal", key) for value in values]
            elif kind == "relay":
                job = rest.split(":")
                place = crypto.context("relay", job[0], job[1], self._user_of(job[1]))
                found += [Sealed("relay", value, place, place) for value in values]
            elif kind == "live":
                info = crypto.context("live reply", UUID(rest))
                entries = enumerate(values[:LIVE_ENTRIES], 1)
                found += [Sealed("live entry", value, info, f"1-{n}".encode()) for n, value in entries]
        return found

    def _user_of(self, reply: str) -> UUID:
        sql = "SELECT s.user_id FROM chats_reply r JOIN chats_chatsession s ON s.id = r.session_id WHERE r.id = ?"
        return UUID(self._all(sql, UUID(reply).hex)[0]["user_id"])

    def _all(self, sql: str, *values: str) -> list[sqlite3.Row]:
        return self._rows.execute(sql, values).fetchall()


def _credential(row: sqlite3.Row) -> Credential:
    names = ("user_id", "kind", "provider", "salt", "wrapped_data_key")
    fields = {name: row[name] for name in names}
    return Credential(**fields | {"user_id": UUID(row["user_id"])})
