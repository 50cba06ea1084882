"""How urgent it is that somebody looks at an assistant. Zero: nothing is open."""

from collections import Counter
from collections.abc import Iterable

from assistants.models import Appeal, Assistant, Report, Screening

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
_HELD, _WORD, _WORDS_MOST = 10, 2, 6  # what the checks found, while nobody has looked


def weigh(assistant_ids: Iterable[int]) -> None:
    """Anew, from what is open now. One reporter counts once: they have one open report at most."""
    for pk in set(assistant_ids):
        reports = Counter(Report.objects.filter(assistant=pk, closed_at=None).values_list("reason", flat=True))
        weight = sum(count * _REASONS.get(Report.Reason(reason), _ANY_REASON) for reason, count in reports.items())
        weight += _APPEAL * Appeal.objects.filter(decision__assistant=pk, granted=None).count()
        if Assistant.objects.filter(pk=pk, standing=Assistant.Standing.HELD).exists():
            found = Screening.objects.filter(assistant=pk).order_by("-made_at").first()
            weight += _HELD + _WORD * min(found.words_found if found else 0, _WORDS_MOST)
        Assistant.objects.filter(pk=pk).update(risk=weight)
