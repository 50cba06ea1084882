"""Keeps a secret prompt from the visitor: what the leak guard is told of a chat, and what stands in place of what it stops.

Runs in workers. A prompt that its maker has published as open is not guarded.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from assistants.models import Assistant, Version
from chats import history
from chats.leak_guard import StreamGuard, meaning, resemblance
from chats.models import ChatSession, Reply
from chats.sealing import Vault
from gptlab.llm.messages import Message, Role

logger = logging.getLogger(__name__)

EARLIER = 20  # replies of the session, of every variant, that count together
QUOTABLE = 40_000  # characters of what the visitor has said: repeating that gives nothing away


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A prompt, and what may be said of it nevertheless."""

    prompt: str
    public: dict[str, Any]
    quotable: str = ""
    earlier: tuple[str, ...] = ()

    def guard(self) -> StreamGuard:
        """Takes some milliseconds, the first one of a prompt some dozens: not for the shared loop."""
        return StreamGuard(self.prompt, user=self.quotable, history=self.earlier, public=self.public, is_deferred=True)


def answer() -> str:
    """What the visitor reads instead."""
    return _("Sorry, I can't reveal that. Let's talk about something else.")


def secret_of(reply: Reply, messages: Iterable[Message], *, vault: Vault) -> Secret | None:
    """What a reply must not give away; `messages` are those that go upstream. None: nothing."""
    session = reply.session
    if not session.version.is_secret:
        return None
    said = "\n".join(message.text for message in messages if message.role == Role.USER)
    return Secret(
        prompt=session.version.initial_prompt,
        public=_public(session.assistant),
        quotable=said[-QUOTABLE:],
        earlier=tuple(history.reply_texts(session, vault=vault, before=reply, most=EARLIER)),
    )


def gives_away(text: str, *, session: ChatSession) -> bool:
    """Whether a whole text that was made of a chat tells one of its prompts: notes, a recap, a title."""
    version = session.version
    prompts = [version.initial_prompt, version.summary_prompt] if version.is_secret else []
    for prompt in filter(None, prompts):
        guard = StreamGuard(prompt, public=_public(session.assistant))
        guard.feed(text)
        guard.end()
        if guard.blocked:
            logger.info("session %s: a text was withheld, it gave a prompt away (%s)", session.pk, guard.reason)
            return True
    return False


def would_stop(reply: str, *, version: Version, said: str) -> bool:
    """Whether a visitor who has said this would not get to read this reply."""
    if not version.is_secret:
        return False
    guard = StreamGuard(version.initial_prompt, user=said, public=_public(version.assistant))
    guard.feed(reply)
    guard.end()
    return guard.blocked


def _public(assistant: Assistant) -> dict[str, Any]:
    return {
        "name": assistant.name,
        "tagline": assistant.tagline,
        "description": assistant.description,
        "starters": [str(starter) for starter in assistant.starters],
    }


def load() -> None:
    """What takes seconds and memory. Until then, and without it, the guard does all the rest."""
    if settings.GUARD_MEANING:
        resemblance.load()
        meaning.load()
