"""Which of a turn's replies counts, and what the visitor thinks of them."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from chats import condensing
from chats.conversation.lookup import locked, owned_reply, owned_session
from chats.conversation.pending import busy
from chats.errors import NothingToChoose
from chats.models import ChatSession, Reply


def choose(*, user: User, session_id: UUID, reply_id: UUID) -> Reply:
    """From now on the chat shows this variant, and the model sees it. Choosing the chosen one changes nothing."""
    reply = owned_reply(user=user, session_id=session_id, reply_id=reply_id)
    with transaction.atomic():
        session = locked(session_id)
        if session.replies.live().exists():
            raise busy()
        if reply.turn.superseded:
            raise NothingToChoose(_("This message was edited since. Reload the page to see where the chat stands."))
        was = reply.turn.replies.filter(chosen=True).values_list("pk", flat=True).first()
        if was != reply.pk:
            reply.turn.replies.filter(chosen=True).update(chosen=False)
            Reply.objects.filter(pk=reply.pk).update(chosen=True)
            condensing.doubt(session, turn=reply.turn.number, was=was, chosen=reply.pk)
    reply.chosen = True
    return reply


def rate_reply(*, user: User, session_id: UUID, reply_id: UUID, liked: bool | None) -> Reply:
    """None takes the rating back."""
    reply = owned_reply(user=user, session_id=session_id, reply_id=reply_id)
    Reply.objects.filter(pk=reply.pk).update(liked=liked)
    reply.liked = liked
    return reply


def rate(*, user: User, session_id: UUID, liked: bool | None) -> ChatSession:
    session = owned_session(user=user, session_id=session_id)
    ChatSession.objects.filter(pk=session.pk).update(liked=liked)
    session.liked = liked
    return session
