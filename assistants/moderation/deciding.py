"""What moderators can decide about assistants and their makers. Each decision is kept with its reason, and in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from assistants.models import Assistant, Decision, Report
from assistants.moderation.risk import weigh
from gptlab.typed import words

Action = Decision.Action
Standing = Assistant.Standing
ACTIONS = (
    Action.APPROVED, Action.SHOWCASED, Action.UNSHOWCASED, Action.UNLISTED, Action.SUSPENDED, Action.RESTORED,
    Action.BANNED, Action.UNBANNED,
)  # fmt: skip
REASONED = frozenset({Action.UNLISTED, Action.SUSPENDED, Action.BANNED})  # they need a reason, and the maker can appeal
TAKING = REASONED | {Action.HELD}
REASON_MOST = 1_000  # characters
_CLOSING = frozenset({Action.APPROVED, Action.UNLISTED, Action.SUSPENDED, Action.BANNED})  # of what was reported


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions that were made, and assistants of which nothing was to be decided: they are so already, or can't be."""

    made: int
    passed_over: int


@transaction.atomic
def decide(assistant_ids: Sequence[int], *, action: Action, reason: str, by: User, now: datetime) -> Decided:
    """One decision for each of them; for each maker, where it is about makers. Raises Invalid."""
    missing = _("Give a reason: its maker reads it, and can appeal.") if action in REASONED else ""
    reason = words(reason, most=REASON_MOST, field="reason", missing=missing)
    assistants = list(Assistant.objects.select_for_update().filter(pk__in=assistant_ids).order_by("pk"))
    if action in (Action.BANNED, Action.UNBANNED):
        makers = {each.creator_id for each in assistants if each.creator_id is not None}
        made = sum(decide_on_maker(maker, action=action, reason=reason, by=by, now=now) for maker in makers)
        passed_over = len(makers) - made + sum(each.creator_id is None for each in assistants)
    else:
        made = sum(_decide(each, action=action, reason=reason, by=by, now=now) for each in assistants)
        passed_over = len(assistants) - made
    return Decided(made, passed_over)


def decide_on_maker(maker_id: UUID, *, action: Action, reason: str, by: User, now: datetime) -> bool:
    """A ban suspends all that its maker shares; lifting it gives back what it took, and nothing that was taken otherwise."""
    may_share = action == Action.UNBANNED
    if not User.objects.filter(pk=maker_id, may_share=not may_share).update(may_share=may_share):
        return False
    maker = User.objects.get(pk=maker_id)
    decision = Decision.objects.create(creator=maker, action=action, reason=reason, by=str(by), made_at=now)
    audit.record(action.value, by=by, now=now, subject=str(maker), detail=reason)
    if may_share:
        taken = [each.pk for each in Assistant.objects.filter(creator=maker, standing=Standing.SUSPENDED) if _by_ban(each)]
        theirs, change = Assistant.objects.filter(pk__in=taken), Action.RESTORED
    else:
        shared = Assistant.objects.filter(creator=maker).exclude(visibility=Assistant.Visibility.PRIVATE)
        theirs, change = shared, Action.SUSPENDED
    for each in theirs.select_for_update().order_by("pk"):
        _decide(each, action=change, reason=reason, by=by, now=now, part_of=decision)
    return True


def open_for(assistant: Assistant) -> list[Action]:
    """What would change something about it."""
    about_makers = {Action.BANNED, Action.UNBANNED}
    found = [action for action in ACTIONS if action not in about_makers and _after(assistant, action) is not None]
    if assistant.creator is not None:
        found.append(Action.BANNED if assistant.creator.may_share else Action.UNBANNED)
    return found


def _decide(
    assistant: Assistant, *, action: Action, reason: str, by: User, now: datetime, part_of: Decision | None = None
) -> bool:
    if (then := _after(assistant, action)) is None:
        return False
    assistant.standing, assistant.showcased = then
    assistant.save(update_fields=["standing", "showcased"])
    Decision.objects.create(
        assistant=assistant,
        creator_id=assistant.creator_id,
        part_of=part_of,
        action=action,
        reason=reason,
        by=str(by),
        made_at=now,
    )
    if action in _CLOSING:
        Report.objects.filter(assistant=assistant, closed_at=None).update(closed_at=now)
    weigh([assistant.pk])
    audit.record(action.value, by=by, now=now, subject=f"assistant {assistant.code}", detail=reason)
    return True


def _after(assistant: Assistant, action: Action) -> tuple[str, bool] | None:
    """Its standing then, and whether it is showcased. None: there is nothing to decide."""
    standing, showcased = assistant.standing, assistant.showcased
    then = standing, showcased
    if action == Action.APPROVED and standing in (Standing.FREE, Standing.HELD):
        is_reported = Report.objects.filter(assistant=assistant, closed_at=None).exists()
        return (Standing.FREE, showcased) if is_reported or standing == Standing.HELD else None
    if action == Action.SHOWCASED and standing == Standing.FREE and assistant.visibility == Assistant.Visibility.LISTED:
        then = standing, True
    elif action == Action.UNSHOWCASED:
        then = standing, False
    elif action == Action.RESTORED:
        then = Standing.FREE, showcased
    elif action == Action.SUSPENDED:
        then = Standing.SUSPENDED, False
    elif action == Action.UNLISTED and standing != Standing.SUSPENDED:
        then = Standing.UNLISTED, False
    return then if then != (standing, showcased) else None


def _by_ban(assistant: Assistant) -> bool:
    last = assistant.decisions.filter(action=Action.SUSPENDED).order_by("-made_at", "-pk").first()
    return last is not None and last.part_of_id is not None
