"""What a chat is called: a title made from the first exchange, or given by the visitor; sealed like all that is said."""

from chats.models import ChatSession
from chats.sealing import Vault
from gptlab import crypto

LONGEST = 80  # characters


def title_of(session: ChatSession, *, vault: Vault) -> str:
    """Empty where there is none, or none that opens: pages then show the assistant and the time."""
    if not session.sealed_title:
        return ""
    try:
        return vault.open_title(session.sealed_title, session_id=session.pk)
    except crypto.Damaged:
        return ""


def fit_title(text: str) -> str:
    """One line without what does not show, at most so long as a heading may be."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def copied_title(session: ChatSession, copy: ChatSession, *, vault: Vault) -> str:
    """A session's title, sealed for another session."""
    title = title_of(session, vault=vault)
    return vault.seal_title(title, session_id=copy.pk) if title else ""
