"""A key opens an account: it names a row by a one-way hash and unwraps the data key of the row's user.

Neither the key nor the hash's root is ever stored. Knows no upstream and no visit; `signing_in.py` puts them together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Credential, User
from gptlab import crypto
from gptlab.llm import catalog


@dataclass(frozen=True, slots=True, repr=False)
class Root:
    """What PBKDF2 made of a key under one pepper. Everything else derives from it, and it is never stored."""

    secret: bytes
    iterations: int

    @property
    def lookup_hash(self) -> str:
        """Names the credential. Says nothing of the wrapping key, which has another label and the row's salt."""
        return crypto.derive(self.secret, b"lookup-hash").hex()

    def wrapping_key(self, salt: bytes) -> bytes:
        return crypto.derive(self.secret, b"wrapping-key", salt=salt)


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """An account that a key has just opened."""

    user: User
    credential: Credential
    data_key: bytes


def root(*, provider: str, key: str, pepper: bytes, iterations: int) -> Root:
    """Slow on purpose: about a third of a second at 600,000 iterations."""
    salt = crypto.derive(pepper, b"id-salt")
    return Root(crypto.stretch(crypto.context(provider, key), salt=salt, iterations=iterations), iterations)


def newest_root(*, provider: str, key: str) -> Root:
    return root(provider=provider, key=key, pepper=settings.PEPPERS[0], iterations=settings.KEY_ITERATIONS)


def wrap(credential: Credential, *, root: Root, data_key: bytes) -> None:
    """Make `credential` (not yet saved) the one that `root` names and that opens `data_key`.

    A further key, a replaced one or a recovery code of the same user wraps the same data key again: no message changes.
    """
    credential.salt = crypto.random_key()
    credential.lookup_hash = root.lookup_hash
    credential.iterations = root.iterations
    credential.wrapped_data_key = crypto.seal(root.wrapping_key(credential.salt), data_key, associated=_place(credential))


def unwrap(credential: Credential, *, root: Root) -> bytes:
    """The data key. Raises `crypto.Damaged` if the row was changed, or belongs to another user, kind or provider."""
    wrapping_key = root.wrapping_key(bytes(credential.salt))
    return crypto.unseal(wrapping_key, bytes(credential.wrapped_data_key), associated=_place(credential))


def find(*, provider: str, key: str, newest: Root) -> Account | None:
    """The account of this key, if there is one. A row under an older pepper or fewer iterations is brought up to date."""
    for candidate in _candidates(provider=provider, key=key, newest=newest):
        rows = Credential.objects.select_related("user").filter(kind=Credential.Kind.API_KEY, provider=provider)
        credential = rows.filter(lookup_hash=candidate.lookup_hash).first()
        if credential is None:
            continue
        data_key = unwrap(credential, root=candidate)
        if candidate is not newest:
            wrap(credential, root=newest, data_key=data_key)
            credential.save(update_fields=["salt", "lookup_hash", "iterations", "wrapped_data_key"])  # together or not at all
        return Account(credential.user, credential, data_key)
    return None


def make(*, provider: str, newest: Root, terms_version: str, now: datetime) -> Account:
    """A new account. Raises IntegrityError, and leaves nothing behind, if another request made it a moment ago."""
    data_key = crypto.random_key()
    with transaction.atomic():
        user = User.objects.create_visitor(terms_version=terms_version, now=now)
        credential = Credential(user=user, kind=Credential.Kind.API_KEY, provider=provider, created_at=now)
        wrap(credential, root=newest, data_key=data_key)
        credential.save()
    return Account(user, credential, data_key)


def with_free_keys_only() -> QuerySet[Credential, UUID]:
    """The users who can have as many accounts as they like: no key of theirs is one that a provider gives out.

    The row says so by its provider. One that is listed no more counts as free: a keyless server may have been.
    """
    keys = Credential.objects.filter(kind=Credential.Kind.API_KEY)
    of_worth = keys.filter(provider__in=[provider.id for provider in catalog.providers() if not provider.keyless])
    return keys.exclude(user__in=of_worth.values("user")).values_list("user", flat=True)


def not_renewed(*, since: datetime | None = None) -> int:
    """How many are surely under an older pepper or fewer iterations, if the newest ones came at `since`.

    A row does not say under which pepper it stands, and nothing but its key could tell: signing in renews it, so that those
    are left which nobody has used since. Without `since` only the iterations tell.
    """
    rows = Credential.objects.exclude(iterations=settings.KEY_ITERATIONS)
    if since is not None:
        rows |= Credential.objects.filter(created_at__lt=since).filter(Q(last_used_at=None) | Q(last_used_at__lt=since))
    return rows.count()


def _candidates(*, provider: str, key: str, newest: Root) -> Iterator[Root]:
    """Every root under which the row may stand: the newest first, each of the others only when it is asked for."""
    yield newest
    used = Credential.objects.order_by().values_list("iterations", flat=True).distinct()
    counts = sorted({settings.KEY_ITERATIONS, *used}, reverse=True)
    for pepper in settings.PEPPERS:
        for iterations in counts:
            if (pepper, iterations) != (settings.PEPPERS[0], newest.iterations):
                yield root(provider=provider, key=key, pepper=pepper, iterations=iterations)


def _place(credential: Credential) -> bytes:
    """Associated data: a wrapped key moved to another row does not open there."""
    return crypto.context("data-key", credential.user_id, credential.kind, credential.provider)
