"""What makers say against a decision, once for each, and how moderators answer."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from assistants.models import Appeal, Assistant, Decision
from assistants.moderation.deciding import REASON_MOST, TAKING, undo
from assistants.moderation.risk import weigh
from gptlab import typed
from gptlab.errors import Conflict, Missing

WORDS_MOST = 1_000  # characters


def can_appeal(decision: Decision) -> bool:
    """Against what takes something away; of a ban's parts the ban itself is meant."""
    return decision.action in TAKING and decision.part_of_id is None and not hasattr(decision, "appeal")


def appeal(*, user: User, decision_id: int, words: str, now: datetime) -> Appeal:
    """Raises Missing, Invalid, Conflict."""
    decision = Decision.objects.filter(creator=user, pk=decision_id).select_related("appeal").first()
    if decision is None or decision.action not in TAKING or decision.part_of_id is not None:
        raise Missing
    words = typed.words(words, most=WORDS_MOST, field="words", missing=_("Say why it should be decided otherwise."))
    try:
        with transaction.atomic():
            made = Appeal.objects.create(decision=decision, words=words, made_at=now)
    except IntegrityError as error:
        raise Conflict(_("You have appealed against this decision already. The moderators answer here.")) from error
    _weigh(decision)
    return made


@transaction.atomic
def answer(appeal_id: int, *, granted: bool, words: str, by: User, now: datetime) -> bool:
    """Whether the decision is undone: it is where the appeal is granted, unless another one stands above it.

    Raises Missing, Invalid, Conflict.
    """
    found = Appeal.objects.select_for_update().filter(pk=appeal_id).first()
    if found is None:
        raise Missing
    if found.granted is not None:
        raise Conflict(_("This appeal has been answered already."))
    words = typed.words(words, most=REASON_MOST, field="answer", missing=_("Give an answer: its maker reads it."))
    found.granted, found.answer, found.answered_at = granted, words, now
    found.save(update_fields=["granted", "answer", "answered_at"])
    decision = found.decision
    is_undone = granted and undo(decision, reason=words, by=by, now=now)
    _weigh(decision)
    audit.record("appeal granted" if granted else "appeal denied", by=by, now=now, subject=_subject(decision), detail=words)
    return is_undone


def _weigh(decision: Decision) -> None:
    """An appeal against a ban is about all that it took."""
    if decision.assistant_id is not None:
        weigh([decision.assistant_id])
    elif decision.creator is not None:
        weigh(decision.creator.assistants.filter(standing=Assistant.Standing.SUSPENDED).values_list("pk", flat=True))


def _subject(decision: Decision) -> str:
    return f"assistant {decision.assistant.code}" if decision.assistant else str(decision.creator)
