"""What the categories of the provider's moderation are called for people."""

from collections.abc import Iterable

from django.utils.translation import gettext as _


def words(categories: Iterable[str]) -> list[str]:
    """A category that is not known here goes by the provider's own name."""
    known = {
        "harassment": _("harassment"),
        "harassment/threatening": _("threats"),
        "hate": _("hate"),
        "hate/threatening": _("hateful threats"),
        "illicit": _("advice on wrongdoing"),
        "illicit/violent": _("advice on violent wrongdoing"),
        "self-harm": _("self-harm"),
        "self-harm/intent": _("wish to harm oneself"),
        "self-harm/instructions": _("instructions for self-harm"),
        "sexual": _("sexual content"),
        "sexual/minors": _("sexual content with minors"),
        "violence": _("violence"),
        "violence/graphic": _("graphic violence"),
    }
    return [known.get(category, category) for category in categories]
