"""What a message may look like."""

import unicodedata

from django.conf import settings
from django.utils.translation import gettext as _

from chats.errors import UnfitMessage


def fit_message(text: str) -> str:
    """The text as it will be stored: line ends as typed in a form are one LF. Raises UnfitMessage."""
    text = text.replace("\r\n", "\n")
    if not any(_shows(character) for character in text):
        raise UnfitMessage(_("There is nothing in the message yet. Write a word and send again."), field="text")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > settings.MESSAGE_MOST_BYTES:
        raise UnfitMessage(
            _("The message has %(size)s kB; up to %(most)s kB fit. Send it in parts.")
            % {"size": -(-size // 1024), "most": settings.MESSAGE_MOST_BYTES // 1024},
            field="text",
        )
    return text


def _shows(character: str) -> bool:
    """False for spaces, control and zero-width characters, and for blanks that are letters by name only."""
    return unicodedata.category(character)[0] not in "CZ" and character not in "\u115f\u1160\u3164\uffa0\u2800"
