"""What stands in fields and addresses, as values."""

from django.utils.translation import gettext as _

from gptlab.errors import Invalid

_LIKED = {"1": True, "true": True, "up": True, "0": False, "false": False, "down": False, "": None}


def liked(text: str) -> bool | None:
    """A rating; empty takes it back. Raises Invalid."""
    try:
        return _LIKED[text.strip().lower()]
    except KeyError:
        raise Invalid(_("A rating is 1 for good, 0 for poor, or empty to take it back."), field="liked") from None
