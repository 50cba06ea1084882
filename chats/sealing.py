"""The keys of chat rows: each text is a token under a key derived for its very place, so that swapped rows don't open."""

from typing import Protocol
from uuid import UUID

from gptlab import crypto


class KeyHolder(Protocol):
    """A visit, or the credential of a job."""

    @property
    def user_id(self) -> UUID: ...
    @property
    def data_key(self) -> bytes: ...


class Vault:
    """One visitor's rows. Holds their data key for the length of a request or a job."""

    __slots__ = ("_data_key", "_user_id")

    def __init__(self, *, user_id: UUID, data_key: bytes) -> None:
        self._user_id = user_id
        self._data_key = data_key

    def __repr__(self) -> str:
        return "<Vault>"

    def seal_turn(self, text: str, *, session_id: UUID, turn: int) -> str:
        return crypto.seal_text(self._key(session_id, turn, 0, "user"), text)

    def open_turn(self, sealed: str, *, session_id: UUID, turn: int) -> str:
        """Raises crypto.Damaged, as the other ones do."""
        return crypto.unseal_text(self._key(session_id, turn, 0, "user"), sealed)

    def seal_reply(self, text: str, *, session_id: UUID, turn: int, variant: int) -> str:
        return crypto.seal_text(self._key(session_id, turn, variant, "assistant"), text)

    def open_reply(self, sealed: str, *, session_id: UUID, turn: int, variant: int) -> str:
        return crypto.unseal_text(self._key(session_id, turn, variant, "assistant"), sealed)

    def seal_flags(self, text: str, *, session_id: UUID, turn: int) -> str:
        return crypto.seal_text(self._key(session_id, turn, 0, "flags"), text)

    def open_flags(self, sealed: str, *, session_id: UUID, turn: int) -> str:
        return crypto.unseal_text(self._key(session_id, turn, 0, "flags"), sealed)

    def seal_title(self, text: str, *, session_id: UUID) -> str:
        return crypto.seal_text(self._key(session_id, 0, 0, "title"), text)

    def open_title(self, sealed: str, *, session_id: UUID) -> str:
        return crypto.unseal_text(self._key(session_id, 0, 0, "title"), sealed)

    def seal_recap(self, text: str, *, session_id: UUID) -> str:
        return crypto.seal_text(self._key(session_id, 0, 0, "recap"), text)

    def open_recap(self, sealed: str, *, session_id: UUID) -> str:
        return crypto.unseal_text(self._key(session_id, 0, 0, "recap"), sealed)

    def seal_digest(self, text: str, *, session_id: UUID, digest_id: UUID) -> str:
        return crypto.seal_text(self._key(session_id, digest_id, 0, "digest"), text)

    def open_digest(self, sealed: str, *, session_id: UUID, digest_id: UUID) -> str:
        return crypto.unseal_text(self._key(session_id, digest_id, 0, "digest"), sealed)

    def seal_saved(self, text: str, *, message_id: UUID) -> str:
        return crypto.seal_text(self._saved_key(message_id), text)

    def open_saved(self, sealed: str, *, message_id: UUID) -> str:
        return crypto.unseal_text(self._saved_key(message_id), sealed)

    def _saved_key(self, message_id: UUID) -> bytes:
        return crypto.derive(self._data_key, crypto.context("saved", self._user_id, message_id))

    def _key(self, session_id: UUID, turn: int | UUID, variant: int, role: str) -> bytes:
        return crypto.derive(self._data_key, crypto.context("row", self._user_id, session_id, turn, variant, role))


def vault_of(holder: KeyHolder) -> Vault:
    return Vault(user_id=holder.user_id, data_key=holder.data_key)
