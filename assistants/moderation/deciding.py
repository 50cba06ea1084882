"""What moderators can decide about assistants and their makers. Each decision is kept with its reason, and in the audit log.

Rows are locked in one order, makers before assistants and these by their keys, and the audit log is written last: it is one chain
for everybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from assistants.models import Assistant, AssistantQuerySet, Decision, Report
from assistants.moderation.risk import weigh
from gptlab.errors import Invalid
from gptlab.typed import words

Action = Decision.Action
Standing = Assistant.Standing
ABOUT_MAKERS = frozenset({Action.BANNED, Action.UNBANNED})
ACTIONS = (
    Action.APPROVED, Action.SHOWCASED, Action.UNSHOWCASED, Action.UNLISTED, Action.SUSPENDED, Action.RESTORED,
    Action.BANNED, Action.UNBANNED,
)  # fmt: skip
REASONED = frozenset({Action.UNLISTED, Action.SUSPENDED, Action.BANNED})  # they need a reason, and the maker can appeal
TAKING = REASONED | {Action.HELD}
REASON_MOST = 1_000  # characters
AT_ONCE_MOST = 500  # assistants
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
    if len(assistant_ids) > AT_ONCE_MOST:
        raise Invalid(_("Decide on %(most)d at once at most.") % {"most": AT_ONCE_MOST})
    rows = Assistant.objects.filter(pk__in=assistant_ids)
    if action in ABOUT_MAKERS:
        makers = sorted(rows.exclude(creator=None).values_list("creator", flat=True).distinct())
        made = sum(decide_on_maker(maker, action=action, reason=reason, by=by, now=now) for maker in makers)
        return Decided(made, len(makers) - made + rows.filter(creator=None).count())
    assistants = _locked(rows)
    decisions = [_decide(each, action=action, reason=reason, by=by, now=now) for each in assistants]
    made_ones = [decision for decision in decisions if decision is not None]
    note(made_ones, by=by)
    return Decided(len(made_ones), len(assistants) - len(made_ones))


@transaction.atomic
def decide_on_maker(maker_id: UUID, *, action: Action, reason: str, by: User, now: datetime) -> bool:
    """A ban suspends all that its maker shares; lifting it brings back what there was, and nothing that was decided otherwise."""
    maker = User.objects.select_for_update().get(pk=maker_id)
    may_share = action == Action.UNBANNED
    if maker.may_share == may_share:
        return False
    maker.may_share = may_share
    maker.save(update_fields=["may_share"])
    decision = Decision.objects.create(creator=maker, action=action, reason=reason, by=str(by), made_at=now)
    theirs = _locked(Assistant.objects.filter(creator=maker).exclude(visibility=Assistant.Visibility.PRIVATE, standing="free"))
    told: dict[str, Any] = {"reason": reason, "by": by, "now": now, "part_of": decision}
    parts: Iterable[Decision | None]
    if may_share:
        parts = [_put_back(each, last, **told) for each in theirs if (last := last_on(each)) is not None and last.part_of_id]
    else:
        parts = [_decide(each, action=Action.SUSPENDED, **told) for each in theirs]
    note([decision, *filter(None, parts)], by=by)
    return True


@transaction.atomic
def undo(decision: Decision, *, reason: str, by: User, now: datetime) -> bool:
    """What there was before it. False where something else was decided since, or its maker is banned: then that stands."""
    if decision.assistant_id is None:
        newest = Decision.objects.filter(creator=decision.creator_id, action__in=ABOUT_MAKERS).order_by("-pk").first()
        is_last = decision.creator_id is not None and newest == decision
        return is_last and decide_on_maker(_uuid(decision), action=Action.UNBANNED, reason=reason, by=by, now=now)
    [assistant] = _locked(Assistant.objects.filter(pk=decision.assistant_id))
    if last_on(assistant) != decision or _is_banned(assistant):
        return False
    note([_put_back(assistant, decision, reason=reason, by=by, now=now)], by=by)
    return True


def open_for(assistant: Assistant) -> list[Action]:
    """What would change something about it."""
    found = [action for action in ACTIONS if action not in ABOUT_MAKERS and _after(assistant, action) is not None]
    if assistant.creator is not None:
        found.append(Action.BANNED if assistant.creator.may_share else Action.UNBANNED)
    return found


def last_on(assistant: Assistant) -> Decision | None:
    """The one that its standing comes from."""
    return assistant.decisions.exclude(before="").order_by("-pk").first()


def note(decisions: Sequence[Decision], *, by: User) -> None:
    """In the audit log: the last thing in a transaction, since everybody waits there for everybody."""
    for decision in decisions:
        about = f"assistant {decision.assistant.code}" if decision.assistant else str(decision.creator)
        audit.record(decision.action, by=by, now=decision.made_at, subject=about, detail=decision.reason)


def _locked(rows: AssistantQuerySet) -> list[Assistant]:
    """Their keys' order is everybody's."""
    return list(rows.select_for_update(of=("self",)).select_related("creator").order_by("pk"))


def _decide(
    assistant: Assistant, *, action: Action, reason: str, by: User, now: datetime, part_of: Decision | None = None
) -> Decision | None:
    if (then := _after(assistant, action)) is None:
        return None
    decision = _write(assistant, then, action=action, reason=reason, by=by, now=now, part_of=part_of)
    if action in _CLOSING:
        Report.objects.filter(assistant=assistant, closed_at=None).update(closed_at=now)
    weigh([assistant.pk])
    return decision


def _put_back(
    assistant: Assistant, undone: Decision, *, reason: str, by: User, now: datetime, part_of: Decision | None = None
) -> Decision:
    then = undone.before, assistant.showcased
    action = Action.APPROVED if undone.action == Action.HELD else Action.RESTORED
    decision = _write(assistant, then, action=action, reason=reason, by=by, now=now, part_of=part_of)
    weigh([assistant.pk])
    return decision


def _write(
    assistant: Assistant,
    then: tuple[str, bool],
    *,
    action: Action,
    reason: str,
    by: User,
    now: datetime,
    part_of: Decision | None = None,
) -> Decision:
    before, is_again = assistant.standing, action == Action.SUSPENDED and assistant.standing == Standing.SUSPENDED
    if is_again and (last := last_on(assistant)) is not None:
        before = last.before  # by a ban until now, and for itself from now on
    assistant.standing, assistant.showcased = then
    assistant.save(update_fields=["standing", "showcased"])
    return Decision.objects.create(
        assistant=assistant,
        creator_id=assistant.creator_id,
        part_of=part_of,
        action=action,
        before=before if is_again or before != then[0] else "",
        reason=reason,
        by=str(by),
        made_at=now,
    )


def _after(assistant: Assistant, action: Action) -> tuple[str, bool] | None:
    """Its standing then, and whether it is showcased. None: there is nothing to decide."""
    standing, showcased = assistant.standing, assistant.showcased
    then = standing, showcased
    if action == Action.APPROVED and assistant.risk:  # somebody has looked: what is open is closed
        return (Standing.FREE if standing == Standing.HELD else standing), showcased
    if action == Action.SUSPENDED and standing == Standing.SUSPENDED:
        last = last_on(assistant)
        return then if last is not None and last.part_of_id is not None else None
    if action == Action.SHOWCASED and standing == Standing.FREE and assistant.visibility == Assistant.Visibility.LISTED:
        then = standing, True
    elif action == Action.UNSHOWCASED:
        then = standing, False
    elif action == Action.RESTORED and not _is_banned(assistant):
        then = Standing.FREE, showcased
    elif action == Action.SUSPENDED:
        then = Standing.SUSPENDED, False
    elif action == Action.UNLISTED and standing != Standing.SUSPENDED:
        then = Standing.UNLISTED, False
    return then if then != (standing, showcased) else None


def _is_banned(assistant: Assistant) -> bool:
    """All that its maker shares stays suspended until the ban is lifted."""
    return assistant.creator is not None and not assistant.creator.may_share


def _uuid(decision: Decision) -> UUID:
    assert decision.creator_id is not None
    return decision.creator_id
