"""Lists of the admin that are filtered by what they offer, and by nothing that is typed into an address.

Django takes a lookup on any field of a row: `?reporter__id__startswith=a`, letter after letter, tells what no page shows.
"""

from typing import Any

from django.http import HttpRequest


class ListedFilters:
    """Before ModelAdmin."""

    def lookup_allowed(self: Any, lookup: str, value: str, request: HttpRequest) -> bool:
        offered = {each if isinstance(each, str) else each.parameter_name for each in self.list_filter}
        return lookup.removesuffix("__exact").removesuffix("__isnull") in offered
