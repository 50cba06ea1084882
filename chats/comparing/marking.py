"""Which of two replies is better, and how often each version of a pair was."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from assistants.models import Assistant, Version
from chats.comparing.pairs import Pair
from chats.comparing.sides import Compared
from chats.errors import NothingToMark
from chats.models import Comparison
from chats.models.comparing import ComparisonQuerySet
from gptlab.errors import Invalid

EQUAL = "equal"
Verdict = Comparison.Verdict


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the left one was better, neither, the right one."""

    left: Version
    right: Version
    left_count: int
    equal_count: int
    right_count: int

    @property
    def total(self) -> int:
        return self.left_count + self.equal_count + self.right_count


def mark(compared: Compared, *, better: str) -> None:
    """`better` is the session of the better side, EQUAL, or nothing: that takes the mark back. Raises NothingToMark, Invalid."""
    row = compared.row
    verdicts = {
        str(row.first_session_id): Verdict.FIRST.value,
        str(row.second_session_id): Verdict.SECOND.value,
        EQUAL: Verdict.EQUAL.value,
        "": "",
    }
    if better not in verdicts:
        raise Invalid(_("Say which side is better, or that they are equal."), field="better")
    if not compared.can_be_marked:
        raise NothingToMark(_("Both must have replied before one can be the better one."))
    row.verdict = verdicts[better]
    if not Comparison.objects.filter(pk=row.pk).update(verdict=row.verdict):
        raise NothingToMark(_("This was run again meanwhile. Reload to see what it came to."))


def tally_of(pair: Pair) -> Tally | None:
    """None where the pair was never run."""
    if (order := pair.in_order) is None or pair.left is None or pair.right is None:
        return None
    counts = _counts(Comparison.objects.filter(first=order[0], second=order[1])).get((order[0].pk, order[1].pk), {})
    left, right = ("first", "second") if pair.left == order[0] else ("second", "first")
    return Tally(pair.left, pair.right, counts.get(left, 0), counts.get("equal", 0), counts.get(right, 0))


def tallies(assistant: Assistant) -> list[Tally]:
    """Of every pair of which something was marked, the newest versions first. The newer one stands on the right."""
    counts = _counts(Comparison.objects.of(assistant))
    wanted = {pk for pair in counts for pk in pair}
    rows = assistant.versions.filter(pk__in=wanted).defer("initial_prompt", "summary_prompt")
    versions = {version.pk: version for version in rows}
    found = [
        Tally(versions[first], versions[second], each.get("first", 0), each.get("equal", 0), each.get("second", 0))
        for (first, second), each in counts.items()
    ]
    return sorted(found, key=lambda tally: (tally.right.pk, tally.left.pk), reverse=True)


def _counts(rows: ComparisonQuerySet) -> dict[tuple[int, int], dict[str, int]]:
    found: dict[tuple[int, int], dict[str, int]] = {}
    counted = rows.exclude(verdict="").values_list("first", "second", "verdict").annotate(n=Count("pk"))
    for first, second, verdict, n in counted:
        found.setdefault((first, second), {})[verdict] = n
    return found
