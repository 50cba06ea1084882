"""The codes that open assistants: Crockford base32, forgiving about how people type them. Knows no rows."""

import unicodedata

from django.utils.translation import gettext as _

from assistants.models import CODE_ALPHABET, CODE_LENGTH
from gptlab.errors import Invalid

# ASCII only: upper() would turn "ı" into "I", which stands for 1
_FORGIVEN = str.maketrans("abcdefghjkmnpqrstvwxyzOoIiLl", "ABCDEFGHJKMNPQRSTVWXYZ001111")
_BETWEEN = {"Zs", "Pd", "Cf"}  # spaces, dashes of any length, invisible marks that come along when one pastes
_GROUP = 5


def normalise(typed: str) -> str:
    """The code as it is stored, from the way somebody typed or pasted it. Raises Invalid with what is wrong."""
    kept = "".join(char for char in typed if not char.isspace() and unicodedata.category(char) not in _BETWEEN)
    code = kept.translate(_FORGIVEN)
    for char in code:
        if char not in CODE_ALPHABET:
            message = _("A code has only the letters A to Z, without U, and the digits 0 to 9. “%(char)s” is not one of them.")
            raise Invalid(message % {"char": char}, field="code")
    if len(code) != CODE_LENGTH:
        message = _("A code has %(length)d letters and digits. This one has %(count)d.")
        raise Invalid(message % {"length": CODE_LENGTH, "count": len(code)}, field="code")
    return code


def stored(typed: str) -> str:
    """The same, for looking it up: what is no code is one that nobody has."""
    try:
        return normalise(typed)
    except Invalid:
        return ""


def grouped(code: str) -> str:
    """For reading aloud and copying: 7K3QX-9MZT2-HD0VW-N5B8R."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
