"""What a reply that ended badly says to its reader: what happened, what is kept, and the way out."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.visit import Visit
from chats.model_choice import model_choice
from chats.models import Reply
from chats.reply_words import REMARKS, UNKNOWN, WORDS, Way, Words
from gptlab.llm import catalog
from gptlab.when import COUNTED_MOST, seconds_until, when

RETRYABLE_STATES = (Reply.State.FAILED, Reply.State.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    detail: str
    way: Way
    kind: str = "warn"
    sign: str = "plug"
    when: str = ""  # when trying again makes sense
    wait: int = 0  # seconds until then, where they are so few that one watches them go
    models: tuple[str, ...] = ()  # others that the key may use, best first
    keys_url: str = ""  # where the provider shows its keys

    @property
    def can_retry(self) -> bool:
        return self.way in (Way.RETRY, Way.MODEL)


def notice(reply: Reply, *, visit: Visit, now: datetime) -> Notice | None:
    """None for a reply that ended well."""
    if reply.state == Reply.State.DONE:
        remark = REMARKS.get(reply.error_code)
        return _notice(remark, str(remark.advice), reply, visit=visit) if remark else None
    if reply.state not in RETRYABLE_STATES:
        return None
    words = WORDS.get(reply.error_code, UNKNOWN)
    advice = "" if reply.retry_at else str(words.advice)
    said = _notice(words, " ".join(part for part in (_size(reply), advice, _kept(reply)) if part), reply, visit=visit)
    return replace(said, **_waiting(reply.retry_at, now=now)) if reply.retry_at else said


def _waiting(until: datetime, *, now: datetime) -> dict[str, Any]:
    if until <= now:
        return {"when": _("You can try again now.")}
    counted = until - now <= COUNTED_MOST
    sentence = _("You can try again %(when)s.") % {"when": when(until, now=now)}
    return {"when": sentence, "wait": seconds_until(until, now=now) if counted else 0}


def _size(reply: Reply) -> str:
    if reply.too_long_size is None:
        return ""
    sizes = {"size": f"{reply.too_long_size:,}", "most": f"{reply.too_long_most:,}"}
    return _("It takes %(size)s tokens, and there is room for %(most)s.") % sizes


def _kept(reply: Reply) -> str:
    if reply.state == Reply.State.INTERRUPTED:
        return _("What arrived is kept. Trying again costs a new reply.")
    return _("Your message is kept.") if reply.turn.sealed_text is not None else ""


def _notice(words: Words, detail: str, reply: Reply, *, visit: Visit) -> Notice:
    provider = _provider(visit.provider)
    title = str(words.title).replace("%(provider)s", provider.name if provider else visit.provider)
    models = model_choice(visit, wanted=reply.turn.session.version.model).names if words.way == Way.MODEL else []
    return Notice(
        title=title.replace("%(model)s", reply.model),
        detail=detail,
        way=words.way,
        kind=words.kind,
        sign=words.sign,
        models=tuple(name for name in models if name != reply.model),
        keys_url=provider.key_help_url if provider and words.sign in ("key", "wallet") else "",
    )


def _provider(provider_id: str) -> catalog.Provider | None:
    try:
        return catalog.provider(provider_id)
    except catalog.UnknownProvider:  # taken off the operator's list meanwhile
        return None
