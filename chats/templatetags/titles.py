"""What chats are called, what was found in messages, and the id that makes a form be done once."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chats import flags
from chats.models import ChatSession
from chats.naming import title_of
from chats.sealing import vault_of

register = template.Library()


@register.simple_tag(takes_context=True)
def chat_title(context: dict[str, Any], session: ChatSession) -> str:
    """`{% chat_title chat as title %}`: for its visitor; empty where it has none."""
    visit = context.get("visit")
    if visit is None or visit.user_id != session.user_id:
        return ""
    return title_of(session, vault=vault_of(visit))


@register.simple_tag
def flag_words(categories: Sequence[str]) -> list[str]:
    """`{% flag_words turn.flags as found %}`: what moderation found, in words."""
    return flags.words(categories)


@register.simple_tag
def form_id() -> SafeString:
    """`{% form_id %}`: what makes a form that is sent twice be done once."""
    return format_html('<input type="hidden" name="client_id" value="{}">', uuid.uuid4())
