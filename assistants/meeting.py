"""Whom a visitor meets under a code: one who is there, open to them, and ready to talk."""

from typing import TYPE_CHECKING

from assistants import codes
from assistants.errors import Retired, Suspended, Unfinished, UnknownCode
from assistants.models import Assistant, Version
from gptlab.errors import Invalid

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def meet(typed: str, *, user: "User | AnonymousUser") -> tuple[Assistant, Version]:
    """The assistant and the version that new chats begin with. Raises UnknownCode, Retired, Unfinished."""
    try:
        code = codes.normalise(typed)
    except Invalid:
        raise UnknownCode from None
    assistant = Assistant.objects.open_to(user).with_version().filter(code=code).first()
    if assistant is None:
        raise UnknownCode
    require_free(assistant)
    if not assistant.is_active:
        raise Retired(assistant)
    version = assistant.active_version
    if version is None or not version.model:
        raise Unfinished(assistant)
    return assistant, version


def require_free(assistant: Assistant) -> None:
    """Raises Suspended."""
    if assistant.standing == Assistant.Standing.SUSPENDED:
        raise Suspended(assistant)
