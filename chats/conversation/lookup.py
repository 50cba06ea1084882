"""Find what a visitor names, among their own: a foreign row can't be told from a missing one."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from chats.models import ChatSession, Reply, Turn
from gptlab.errors import Invalid, Missing


def owned_session(*, user: User, session_id: UUID) -> ChatSession:
    session = ChatSession.objects.owned_by(user).filter(pk=session_id).with_setting().first()
    if session is None:
        raise Missing
    return session


def owned_reply(*, user: User, session_id: UUID, reply_id: UUID) -> Reply:
    reply = Reply.objects.owned_by(user).filter(pk=reply_id, session_id=session_id).select_related("turn", "session").first()
    if reply is None:
        raise Missing
    return reply


def locked(session_id: UUID) -> ChatSession:
    """For the length of the transaction."""
    return ChatSession.objects.with_setting().select_for_update(of=("self",)).get(pk=session_id)


def current_turn(session: ChatSession) -> Turn:
    """The last one that no edit has replaced."""
    return session.turns.current().order_by("-number")[0]


def parsed(client_id: str) -> UUID:
    try:
        return UUID(client_id)
    except ValueError:
        raise Invalid(_("The page is out of date. Reload it; your text stays in the field."), field="client_id") from None


def parsed_or_none(client_id: str) -> UUID | None:
    """Of a form that may do without: outside programs that send none are not protected from sending twice."""
    return parsed(client_id) if client_id else None
