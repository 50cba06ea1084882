"""The messages that a maker tries an assistant with. Sealed with their data key: nobody else needs them, no worker either."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from assistants.models import Assistant
from chats import conversation
from chats.models import SAVED_MOST, ChatSession, Comparison, SavedMessage
from chats.sealing import Vault, vault_of
from gptlab import crypto
from gptlab.errors import Invalid, Missing


@dataclass(frozen=True, slots=True, repr=False)
class Saved:
    id: UUID
    text: str
    damaged: bool


def saved_messages(*, user: User, visit: Visit, assistant: Assistant) -> list[Saved]:
    """Oldest first."""
    vault = vault_of(visit)
    return [_opened(row, vault) for row in SavedMessage.objects.owned_by(user, assistant)]


def save(*, user: User, visit: Visit, assistant: Assistant, text: str, now: datetime) -> Saved:
    """Raises Invalid where it is no message, or one too many."""
    text = conversation.fit_message(text)
    message_id = uuid4()
    sealed = vault_of(visit).seal_saved(text, message_id=message_id)
    with transaction.atomic():
        Assistant.objects.select_for_update().get(pk=assistant.pk)
        taken = set(SavedMessage.objects.filter(assistant=assistant).values_list("slot", flat=True))
        slot = next((slot for slot in range(1, SAVED_MOST + 1) if slot not in taken), None)
        if slot is None:
            raise Invalid(_("%(most)d messages are kept. Delete one of them first.") % {"most": SAVED_MOST}, field="text")
        place = {"user": user, "assistant": assistant, "slot": slot}
        SavedMessage.objects.create(id=message_id, sealed_text=sealed, created_at=now, **place)
    return Saved(message_id, text, damaged=False)


def change(*, user: User, visit: Visit, assistant: Assistant, message_id: UUID, text: str, now: datetime) -> Saved:
    """Other words: what was answered to the ones before goes. Raises Missing, Invalid."""
    row = _owned(user, assistant, message_id)
    text = conversation.fit_message(text)
    if _opened(row, vault_of(visit)).text != text:
        _forget_answers(user, row, now=now)  # before: ended half-way, no reply stands under words that it doesn't answer
        sealed = vault_of(visit).seal_saved(text, message_id=row.pk)
        if not SavedMessage.objects.filter(pk=row.pk).update(sealed_text=sealed):
            raise Missing  # deleted in another tab
    return Saved(row.pk, text, damaged=False)


def remove(*, user: User, assistant: Assistant, message_id: UUID, now: datetime) -> None:
    row = _owned(user, assistant, message_id)
    _forget_answers(user, row, now=now)
    row.delete()


def _forget_answers(user: User, row: SavedMessage, *, now: datetime) -> None:
    """The replies; and of what was marked all but the mark."""
    found = row.comparisons.all()
    sessions = [*found.values_list("first_session", flat=True), *found.values_list("second_session", flat=True)]
    for pk in ChatSession.objects.owned_by(user).filter(pk__in=sessions).values_list("pk", flat=True):
        conversation.delete(user=user, session_id=pk, now=now)
    Comparison.objects.filter(message=row, verdict="").delete()
    Comparison.objects.filter(message=row).update(message=None)


def _owned(user: User, assistant: Assistant, message_id: UUID) -> SavedMessage:
    row = SavedMessage.objects.owned_by(user, assistant).filter(pk=message_id).first()
    if row is None:
        raise Missing
    return row


def _opened(row: SavedMessage, vault: Vault) -> Saved:
    try:
        return Saved(row.pk, vault.open_saved(row.sealed_text, message_id=row.pk), damaged=False)
    except crypto.Damaged:
        return Saved(row.pk, "", damaged=True)
