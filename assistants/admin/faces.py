"""What a list shows of an assistant at a glance."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assistants import avatars
from assistants.models import Assistant, AssistantDay

TONES = {"free": "ok", "held": "warn", "unlisted": "warn", "suspended": "danger"}


def with_numbers(rows: QuerySet[Assistant]) -> QuerySet[Assistant]:
    """Annotated with `sessions` and `flagged` of all days, and `open_reports`."""
    days = AssistantDay.objects.filter(assistant=OuterRef("pk")).order_by().values("assistant")

    def total(name: str) -> Coalesce:
        return Coalesce(Subquery(days.annotate(total=Sum(name)).values("total")), 0)

    reports = Count("reports", filter=Q(reports__closed_at=None))
    return rows.select_related("creator").annotate(sessions=total("sessions"), flagged=total("flagged"), open_reports=reports)


class Faces:
    """Columns. The rows are `with_numbers`."""

    @admin.display(description=format_html('<span class="visually-hidden">{}</span>', _("face")))
    def face(self, assistant: Assistant) -> SafeString:
        address = reverse("assistants:avatar", args=[assistant.code])
        mark = avatars.fingerprint(assistant.name, assistant.avatar_style)
        return format_html('<img class="lab-face" src="{}?v={}" alt="" width="36" height="36" loading="lazy">', address, mark)

    @admin.display(description=_("standing"), ordering="standing")
    def stands(self, assistant: Assistant) -> SafeString:
        return format_html('<span class="lab-tag lab-{}">{}</span>', TONES[assistant.standing], assistant.get_standing_display())

    @admin.display(description=_("open reports"), ordering="open_reports")
    def reported(self, assistant: Any) -> int:
        return int(assistant.open_reports)

    @admin.display(description=_("sessions"), ordering="sessions")
    def talks(self, assistant: Any) -> int:
        return int(assistant.sessions)

    @admin.display(description=_("likes"), ordering="likers")
    def likes(self, assistant: Assistant) -> int:
        return assistant.likers

    @admin.display(description=_("flagged messages"), ordering="flagged")
    def flagged(self, assistant: Any) -> int:
        """How many messages to it the providers' moderation found something in: a number, and no text."""
        return int(assistant.flagged)

    @admin.display(description=_("maker"), ordering="creator")
    def maker(self, assistant: Assistant) -> str:
        if assistant.creator is None:
            return gettext("house") if assistant.is_house else "—"
        mark = str(assistant.creator_id)[:8]
        return mark if assistant.creator.may_share else f"{mark} ({gettext('banned')})"
