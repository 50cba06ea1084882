"""How urgent it is that somebody looks at an assistant. Zero: nothing is open."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from assistants.models import Appeal, Assistant, Decision, Report, Screening

_REASONS = {
    Report.Reason.HARMFUL: 5,
    Report.Reason.ILLEGAL: 5,
    Report.Reason.SEXUAL: 4,
    Report.Reason.HATEFUL: 4,
    Report.Reason.PERSONAL: 3,
    Report.Reason.DECEPTIVE: 2,
    Report.Reason.STOLEN: 2,
}
_ANY_REASON = 1
_APPEAL = 2
_CHANGED = 3  # on the showcase, since somebody looked
_HELD, _WORD, _WORDS_MOST = 10, 2, 6  # what the checks found, while nobody has looked


def weigh(assistant_ids: Iterable[int]) -> None:
    """Anew, from what is open now. One reporter counts once: they have one open report at most."""
    for pk in sorted(set(assistant_ids)):
        _weigh(pk)


@transaction.atomic
def _weigh(pk: int) -> None:
    """Under the row's lock: of two at once the later one sees what the earlier one saw."""
    assistant = Assistant.objects.select_for_update().only("standing", "creator", "showcased").filter(pk=pk).first()
    if assistant is None:
        return
    reports = Counter(Report.objects.filter(assistant=pk, closed_at=None).values_list("reason", flat=True))
    weight = sum(count * _REASONS.get(Report.Reason(reason), _ANY_REASON) for reason, count in reports.items())
    weight += _APPEAL * Appeal.objects.filter(_about(assistant), granted=None).count()
    if assistant.standing == Assistant.Standing.HELD:
        found = Screening.objects.filter(assistant=pk).order_by("-made_at").first()
        weight += _HELD + _WORD * min(found.words_found if found else 0, _WORDS_MOST)
    weight += _CHANGED * _has_changed_on_the_showcase(assistant)
    Assistant.objects.filter(pk=pk).update(risk=weight)


def _has_changed_on_the_showcase(assistant: Assistant) -> bool:
    """What stands there was chosen by somebody, for what it was then."""
    seen = Decision.objects.filter(assistant=assistant, action__in=(Decision.Action.SHOWCASED, Decision.Action.APPROVED))
    published = Screening.objects.filter(assistant=assistant).order_by("-made_at").first()
    last = seen.order_by("-made_at").first()
    return assistant.showcased and published is not None and (last is None or last.made_at < published.made_at)


def _about(assistant: Assistant) -> Q:
    """Appeals against what was decided about it; of what a ban took, those against the ban."""
    about = Q(decision__assistant=assistant)
    if assistant.creator_id is not None and assistant.standing == Assistant.Standing.SUSPENDED:
        about |= Q(decision__assistant=None, decision__creator=assistant.creator_id)
    return about
