"""The audit log: what people with power did, in a chain in which no entry can be changed, taken out or put in unnoticed.

Each entry's digest covers the entry and the digest before it, so that anybody can check the chain. Its seal covers the digest
under a key that the database does not hold, so that who can write to the database can't make the chain anew. What neither
shows is that the newest entries are missing: for that, note the newest digest somewhere else and give it to `verify`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from gptlab import crypto

COMMAND = "command line"  # who it was, where it was somebody at the machine
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """`number` of the entry, and what is wrong with it."""

    number: int
    what: str


@dataclass(slots=True)
class Report:
    entries: int = 0
    newest: str = ""  # digest
    unsealed: int = 0  # entries under a key that is not listed any more: their chain is checked, their seal can't be
    findings: list[Finding] = field(default_factory=list)


def record(action: str, *, by: User | None, now: datetime, subject: str = "", detail: str = "") -> AuditEntry:
    """Adds an entry, in the caller's transaction if it has one: what is undone was not done. `by` None: the command line."""
    for _try in range(_TRIES):
        try:
            with transaction.atomic():
                return _append(action, actor=str(by) if by else COMMAND, now=now, subject=subject, detail=detail)
        except IntegrityError:  # somebody else's entry has this number
            continue
    raise RuntimeError("The audit log is written to by so many at once that this entry found no place.")


def verify(*, newest: str = "") -> Report:
    """Walks the whole chain. `newest` is a digest that was noted earlier: it must be one of the chain's."""
    report = Report()
    keys = _keys()
    seen = not newest
    number, previous = 0, ""
    for entry in AuditEntry.objects.order_by("number").iterator():
        for what in _wrong(entry, after=number, previous=previous):
            report.findings.append(Finding(entry.number, what))
        if not _is_sealed(entry, keys):
            report.unsealed += 1
        number, previous = entry.number, entry.digest
        seen = seen or entry.digest == newest
        report.entries, report.newest = report.entries + 1, entry.digest
    if not seen:
        report.findings.append(Finding(number, _("the noted digest is not in the chain: entries after this one are missing")))
    return report


def reseal() -> int:
    """Under the newest of PROMPT_KEYS, where an older one vouches for the entry: then that one may go. How many there were."""
    newest, *older = _keys()
    count = 0
    for entry in AuditEntry.objects.order_by("number").iterator():
        if _is_sealed(entry, older) and not _is_sealed(entry, [newest]):
            seal = crypto.authenticate(newest, entry.digest.encode())
            count += QuerySet(AuditEntry).filter(pk=entry.pk, digest=entry.digest).update(seal=seal)
    return count


def _is_sealed(entry: AuditEntry, keys: list[bytes]) -> bool:
    return any(crypto.is_same(entry.seal, crypto.authenticate(key, entry.digest.encode())) for key in keys)


def _append(action: str, *, actor: str, now: datetime, subject: str, detail: str) -> AuditEntry:
    last = AuditEntry.objects.order_by("-number").first()
    entry = AuditEntry(
        number=last.number + 1 if last else 1,
        at=now,
        actor=actor[:80],
        action=action,
        subject=subject[:128],
        detail=detail,
        previous=last.digest if last else "",
    )
    entry.digest = _digest(entry)
    entry.seal = crypto.authenticate(_keys()[0], entry.digest.encode())
    entry.save()
    return entry


def _wrong(entry: AuditEntry, *, after: int, previous: str) -> Iterator[str]:
    if entry.number != after + 1:
        yield _("entries between %(first)d and this one are missing") % {"first": after}
    elif entry.previous != previous:
        yield _("it does not follow the entry before it")
    if entry.digest != _digest(entry):
        yield _("it was changed")


def _digest(entry: AuditEntry) -> str:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [entry.number, at, entry.actor, entry.action, entry.subject, entry.detail, entry.previous]
    return crypto.digest(json.dumps(parts, ensure_ascii=True).encode())


def _keys() -> list[bytes]:
    """Newest first."""
    return [crypto.derive(key, crypto.context("audit")) for key in settings.PROMPT_KEYS]
