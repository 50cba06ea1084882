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
from gptlab.errors import Invalid

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
    reason = fit_reason(reason, action=action)
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
        theirs, change = (
            Assistant.objects.filter(creator=maker).exclude(visibility=Assistant.Visibility.PRIVATE),
            Action.SUSPENDED,
        )
    for each in theirs.select_for_update().order_by("pk"):
        _decide(each, action=change, reason=reason, by=by, now=now, part_of=decision)
    return True


def open_for(assistant: Assistant) -> list[Action]:
    """What would change something about it."""
    about_maker = {Action.BANNED: True, Action.UNBANNED: False}
    before = (assistant.standing, assistant.showcased)
    found = []
    for action in ACTIONS:
        if action in about_maker:
            is_open = assistant.creator is not None and assistant.creator.may_share == about_maker[action]
        else:
            is_open = _apply(assistant, action)
            assistant.standing, assistant.showcased = before
        if is_open:
            found.append(action)
    return found


def fit_reason(reason: str, *, action: Action) -> str:
    reason = reason.replace("\0", "").replace("\r\n", "\n").strip()
    if not reason and action in REASONED:
        raise Invalid(_("Give a reason: its maker reads it, and can appeal."), field="reason")
    if len(reason) > REASON_MOST:
        message = _("Give the reason in %(most)d characters or fewer; these are %(count)d.")
        raise Invalid(message % {"most": REASON_MOST, "count": len(reason)}, field="reason")
    return reason


def _decide(
    assistant: Assistant, *, action: Action, reason: str, by: User, now: datetime, part_of: Decision | None = None
) -> bool:
    if not _apply(assistant, action):
        return False
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


def _apply(assistant: Assistant, action: Action) -> bool:
    """Whether the decision changes anything."""
    before = (assistant.standing, assistant.showcased)
    if action == Action.APPROVED:
        has_reports = Report.objects.filter(assistant=assistant, closed_at=None).exists()
        if assistant.standing not in (Standing.FREE, Standing.HELD):
            return False
        assistant.standing = Standing.FREE
        return has_reports or before[0] == Standing.HELD
    if action == Action.SHOWCASED:
        can_be = assistant.visibility == Assistant.Visibility.LISTED and assistant.standing == Standing.FREE
        assistant.showcased = assistant.showcased or can_be
    elif action == Action.UNSHOWCASED:
        assistant.showcased = False
    elif action == Action.RESTORED:
        assistant.standing = Standing.FREE
    elif assistant.standing != Standing.SUSPENDED or action == Action.SUSPENDED:
        assistant.standing = Standing.UNLISTED if action == Action.UNLISTED else Standing.SUSPENDED
        assistant.showcased = False
    return before != (assistant.standing, assistant.showcased)


def _by_ban(assistant: Assistant) -> bool:
    last = assistant.decisions.filter(action=Action.SUSPENDED).order_by("-made_at", "-pk").first()
    return last is not None and last.part_of_id is not None
