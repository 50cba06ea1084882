"""What the tests of the views say and look up."""

import uuid

from django.urls import reverse
from django.utils import timezone

from chats.models import Reply
from chats.sealing import Vault

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
OF_REPLIES = ("stream", "text", "stop", "retry", "choose", "rate-reply")
DRAFT = 'Long and <carefully> "written" & half\n finished {{ 7*7 }}'


def store(reply, someone, text, *, state="done", error_code=""):
    vault = Vault(user_id=someone.user.pk, data_key=someone.visit.data_key)
    sealed = vault.seal_reply(text, session_id=reply.session_id, turn=reply.turn.number, variant=reply.variant)
    Reply.objects.filter(pk=reply.pk).update(state=state, error_code=error_code, sealed_text=sealed, ended_at=timezone.now())


def url(name, reply):
    place = {"session_id": reply.session_id}
    return reverse(f"chats:{name}", kwargs=place | ({"reply_id": reply.pk} if name in OF_REPLIES else {}))


def said(text="Why?", **more):
    return {"text": text, "client_id": str(uuid.uuid4())} | more


def say(someone, reply, text="Why?", headers=None, **more):
    return someone.client.post(url("say", reply), said(text, **more), headers=headers)
