"""Give a chat another name."""

from uuid import UUID

from accounts.models import User
from accounts.visit import Visit
from chats.conversation.lookup import owned_session
from chats.models import ChatSession
from chats.naming import fit_title
from chats.sealing import Vault


def rename(*, user: User, visit: Visit, session_id: UUID, title: str) -> ChatSession:
    """Without a title the chat goes by its assistant and its time again."""
    session = owned_session(user=user, session_id=session_id)
    title = fit_title(title)
    vault = Vault(user_id=user.pk, data_key=visit.data_key)
    session.sealed_title = vault.seal_title(title, session_id=session.pk) if title else ""
    session.save(update_fields=["sealed_title"])
    return session
