"""What stands in fields and addresses, as values. Knows no field."""

from django.utils.translation import gettext as _

from gptlab.errors import Invalid


def words(text: str, *, most: int, field: str, missing: str = "") -> str:
    """What somebody says in their own words, in up to `most` characters; `missing` is what is said where nothing will not do.

    Raises Invalid.
    """
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if missing and not text:
        raise Invalid(missing, field=field)
    if len(text) > most:
        message = _("Say it in %(most)d characters or fewer; these are %(count)d.")
        raise Invalid(message % {"most": most, "count": len(text)}, field=field)
    return text


def whole_number(text: str) -> int | None:
    """None for what is no number that any row, turn or page could have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None
