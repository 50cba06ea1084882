"""The community's shelf, which may have any length: what a search finds on it, in some order, page by page.

A search is answered in one of two ways, and both take the same time on a long shelf. What few have is looked up in the index of
words and sorted. What many have lies close together in every order: the order is walked until the page is full.
"""

from assistants import word_index
from assistants.models import Assistant

SHOWN_MOST = 1_000  # how many can be turned to; of more than that is only known that they are more


class Community:
    """A sequence of ids, for a paginator."""

    def __init__(self, *, pieces: list[str], category: str) -> None:
        rows = Assistant.objects.community()
        if category:
            rows = rows.filter(category=category)
        if not pieces:
            self._rows, self._count = rows, rows[: SHOWN_MOST + 1].count()
            return
        ids = word_index.found(rows, pieces, most=SHOWN_MOST + 1)
        self._count = len(ids)
        self._rows = rows.filter(pk__in=ids) if len(ids) <= SHOWN_MOST else rows.saying(pieces)

    @property
    def is_longer(self) -> bool:
        """Than what is shown."""
        return self._count > SHOWN_MOST

    def count(self) -> int:
        return min(self._count, SHOWN_MOST)

    def order_by(self, *fields: str) -> "Community":
        self._rows = self._rows.order_by(*fields)
        return self

    def __getitem__(self, places: slice) -> list[int]:
        return list(self._rows.values_list("pk", flat=True)[places])
