"""Drafts: what is typed is kept as it is, fit or not; what is fit is decided when it is tried or published."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assistants.lab.fields import FIELDS, PROMPT_FIELDS, USUAL, as_typed
from assistants.models import Assistant, AssistantQuerySet, Draft
from gptlab import rate_limits
from gptlab.errors import Conflict, Invalid, Missing

DRAFTS_LIMIT = "60/hour"
MOST_CHARACTERS = 200_000  # of a draft: much more than is fit, so that what is too long is kept to be shortened


def owned(*, user: User, code: str) -> Assistant:
    """With its active version, but not that one's prompts."""
    assistant = Assistant.objects.made_by(user).with_version().filter(code=code).first()
    if assistant is None:
        raise Missing
    return assistant


def for_change(*, user: User, code: str) -> Assistant:
    """The same, and nobody else changes it until the transaction ends: what came first is seen by who comes second."""
    list(User.objects.select_for_update().filter(pk=user.pk).values_list("pk"))  # a ban that is on its way comes first, or after
    _lock(Assistant.objects.made_by(user).filter(code=code))
    found = owned(user=user, code=code)
    found.creator = User.objects.get(pk=user.pk)  # as it is now
    return found


def on_the_bench(user: User) -> AssistantQuerySet:
    """Those with a draft, the one of late first."""
    rows = Assistant.objects.made_by(user).filter(draft__isnull=False).with_version()
    return rows.select_related("draft", "active_version").defer("draft__content").order_by("-draft__changed_at")


def begin(*, user: User, now: datetime, values: Mapping[str, str] | None = None) -> Assistant:
    """A new assistant on the bench, empty or with these values. Nobody needs two empty ones. Raises Limited, Invalid."""
    untouched = Assistant.objects.made_by(user).filter(active_version=None, draft__is_empty=True)
    if not values and (found := untouched.first()) is not None:
        return found
    rate_limits.hit("draft", key=str(user.pk), limit=DRAFTS_LIMIT)
    with transaction.atomic():
        assistant = Assistant.objects.create(creator=user, created_at=now, name=_("Untitled"))
        Draft.objects.create(assistant=assistant, content="{}", created_at=now, changed_at=now)
        if values:
            keep(assistant, values, now=now)
    return assistant


def typed(assistant: Assistant) -> dict[str, str]:
    """Every field's text: as it stands in the draft; without one as it is published; else as it usually is."""
    draft = Draft.objects.filter(assistant=assistant).first()
    if draft is not None:
        return dict.fromkeys(FIELDS, "") | USUAL | draft.typed
    return dict.fromkeys(FIELDS, "") | published(assistant)


def live_number(assistant: Assistant) -> int:
    """Of the version that is live, 0 without one."""
    return (assistant.active_version and assistant.active_version.number) or 0


def published(assistant: Assistant) -> dict[str, str]:
    version = assistant.active_version
    return USUAL if version is None else as_typed(assistant, version)


@transaction.atomic
def keep(assistant: Assistant, values: Mapping[str, str], *, now: datetime, base: str = "") -> None:
    """Some fields' new texts; the others stay. `base` is the number of the version that was live when they were shown.

    Raises Invalid if that is more than can be kept at all, Conflict if another version than `base` is live by now: what comes
    late from a page that was left, or from another tab, would begin a draft of what has just been published.
    """
    # Two tabs: the later one's fields win, and no others.
    _lock(Assistant.objects.filter(pk=assistant.pk))
    assistant = Assistant.objects.with_version().get(pk=assistant.pk)
    if base and base != str(live_number(assistant)):
        raise Conflict(_("Another version went live meanwhile. Copy what you typed here, then reload to go on from that one."))
    text = typed(assistant)
    kept = text | {name: value.replace("\r\n", "\n") for name, value in values.items() if name in FIELDS}
    if sum(map(len, kept.values())) > MOST_CHARACTERS:
        raise Invalid(_("This is too much to be kept: up to %(most)s characters are.") % {"most": f"{MOST_CHARACTERS:,}"})
    draft = Draft.objects.filter(assistant=assistant).first()
    if kept == text and (draft is not None or assistant.active_version_id):
        return
    draft = draft or Draft(assistant=assistant, created_at=now)
    draft.typed, draft.changed_at = kept, now
    draft.save()
    if assistant.active_version_id is None:
        _call(assistant, kept)


def start_over(assistant: Assistant, *, now: datetime) -> None:
    """Prompt and personality as they are published, or empty. What the other step has stays."""
    before = dict.fromkeys(FIELDS, "") | published(assistant)
    keep(assistant, {name: before[name] for name in PROMPT_FIELDS}, now=now)


def discard(assistant: Assistant) -> None:
    """The draft; and the assistant too, if there is nothing else of it. Its trials must be gone."""
    if assistant.active_version_id is None:
        assistant.delete()
    else:
        Draft.objects.filter(assistant=assistant).delete()


def _lock(rows: AssistantQuerySet) -> None:
    """Read what is locked only afterwards: who had to wait gets the row anew from PostgreSQL, but not what was joined to it."""
    list(rows.select_for_update().values_list("pk"))


def _call(assistant: Assistant, values: Mapping[str, str]) -> None:
    """What a trial shows before there is a version: only its maker sees it."""
    name = "".join(character for character in " ".join(values["name"].split()) if character.isprintable())
    assistant.name = name[:30] or _("Untitled")
    if values["session_type"] in Assistant.SessionType.values:
        assistant.session_type = values["session_type"]
    if values["avatar_style"] in Assistant.AvatarStyle.values:
        assistant.avatar_style = values["avatar_style"]
    assistant.save(update_fields=["name", "session_type", "avatar_style"])
