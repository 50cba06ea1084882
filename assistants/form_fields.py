"""Fields of text that say what is wrong with it. What is HTML, an emoji or written from right to left is text like any other."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_BREAKS = "\n\t"
# They change the direction of what follows, also outside of the text: a name could make its neighbours read backwards.
_TURNING = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"  # letters by name only


class TextField(forms.CharField):
    """`most` counts characters. `is_line`: it has no line breaks. `missing` is what is said when there is nothing."""

    def __init__(self, *, most: int, is_line: bool = True, missing: Any = "", **options: Any) -> None:
        super().__init__(required=bool(missing), strip=True, **options)
        self.most, self.is_line, self.missing = most, is_line, missing
        self.validators = []  # Django's own word on NUL comes too early, and knows no other character
        self.widget.attrs["data-most"] = most

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return text if any(map(_shows, text)) else ""

    def validate(self, value: str) -> None:
        if not value:
            if self.required:
                raise ValidationError(self.missing)
            return
        for character in value:
            if _is_unfit(character) and (self.is_line or character not in _BREAKS):
                raise ValidationError(_unfit(character))
        if len(value) > self.most:
            words = ngettext("%(n)d character; %(most)s fit.", "%(n)d characters; %(most)s fit.", len(value))
            raise ValidationError(words % {"n": len(value), "most": f"{self.most:,}"})


class TagsField(TextField):
    """Words with commas between: a list without repetitions."""

    def __init__(self, *, most_tags: int, most: int, **options: Any) -> None:
        super().__init__(most=most_tags * (most + 2), **options)
        del self.widget.attrs["data-most"]
        self.most_tags, self.most_each = most_tags, most

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value).casefold()
        tags = list(dict.fromkeys(tag for part in text.split(",") if (tag := " ".join(part.split()))))
        if len(tags) > self.most_tags:
            raise ValidationError(_("%(n)d tags; %(most)d fit.") % {"n": len(tags), "most": self.most_tags})
        if long := next((tag for tag in tags if len(tag) > self.most_each), ""):
            words = _("“%(tag)s” has %(n)d characters; %(most)d fit in a tag.")
            raise ValidationError(words % {"tag": long, "n": len(long), "most": self.most_each})
        return tags


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ" and character not in _BLANK


def _is_unfit(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _TURNING


def _unfit(character: str) -> str:
    if character in "\n\u2028\u2029":
        return _("Everything must stand in one line here.")
    words = _("There is a character in it that doesn’t show (U+%(code)04X). Take it out.")
    return words % {"code": ord(character)}
