"""What a page lacks of its chat when another tab went on. Its form says what it shows last, as the field `seen`."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import VisitorRequest
from accounts.visit import Visit
from chats import conversation, history
from chats.errors import Busy
from chats.models import ChatSession, Reply
from chats.sealing import vault_of
from chats.views.showing import ShownExchange, ShownReply, common, show_exchanges, show_reply
from gptlab import http
from gptlab.error_pages import WayOut


@dataclass(frozen=True, slots=True)
class Seen:
    """The last turn on a page, and the reply that stands there."""

    turn: int
    reply_id: UUID

    @classmethod
    def parse(cls, text: str) -> "Seen | None":
        """None where the page does not say, as a program that has none."""
        found = re.fullmatch(r"(\d{1,8})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", text, re.ASCII)
        return cls(int(found[1]), UUID(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class Missed:
    """`superseded` is the page's last turn if it was edited, `instead` what stands there if it was answered anew."""

    exchanges: list[ShownExchange]
    superseded: int | None
    instead: ShownReply | None
    shown_id: UUID


def missed(session: ChatSession, seen: Seen, *, visit: Visit) -> Missed | None:
    """None if so much is missing that the page is better loaded anew."""
    newer = history.following(session, vault=vault_of(visit), after=seen.turn)
    if newer is None:
        return None
    place = {"turn__session": session, "turn__number": seen.turn}  # by number: the index of a session's replies has all of them
    chosen = Reply.objects.filter(**place, chosen=True).select_related("turn").first()
    is_superseded = chosen is not None and chosen.turn.superseded
    return Missed(
        exchanges=show_exchanges(newer, visit=visit),
        superseded=seen.turn if is_superseded else None,
        instead=_shown(chosen, visit) if chosen is not None and not is_superseded and chosen.pk != seen.reply_id else None,
        shown_id=seen.reply_id,
    )


def said(request: VisitorRequest, visit: Visit, reply: Reply, seen: Seen) -> HttpResponse:
    """What was just said, after all that the page lacks before it."""
    found = missed(reply.session, seen, visit=visit)
    if found is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "chats/_said.html", common(reply.session) | {"missed": found})


def refusal(request: VisitorRequest, visit: Visit, session_id: UUID, error: Busy, seen: Seen) -> HttpResponse:
    """Why the message was not sent, and what is being written instead, in its place."""
    session = conversation.owned_session(user=request.user, session_id=session_id)
    found = missed(session, seen, visit=visit)
    if found is None:
        raise error
    answer = http.answer(request, error, way=WayOut.STAY)
    answer.write(render(request, "chats/_missed.html", common(session) | {"missed": found}).content)
    return answer


def _shown(reply: Reply, visit: Visit) -> ShownReply:
    return show_reply(history.open_reply(reply, turn=reply.turn, vault=vault_of(visit)), visit=visit)
