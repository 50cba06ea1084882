"""A worker's end and a reader's end of a live reply, for the tests of the stream."""

import asyncio
import json
from contextlib import asynccontextmanager

from django.db import connections
from django.urls import reverse
from django.utils import timezone

from chats import live
from chats.models import Reply
from chats.sealing import Vault
from gptlab import redis_client
from tests import event_stream
from tests.asgi import SECONDS

TEXT = "Once **upon** a time.\n\n- there\n- was\n"
SIGNED_OUT = json.dumps({"state": "signed_out"})
DONE = json.dumps({"state": "done"})
FROM_PAGE = {"HX-Request": "true"}
COMING_BACK = {"Last-Event-ID": "1-1"}


def url_of(reply, **more):
    return reverse("chats:stream", kwargs={"session_id": reply.session_id, "reply_id": reply.pk} | more)


def cookies_of(someone):
    return {name: morsel.value for name, morsel in someone.client.cookies.items()} if someone else {}


async def in_thread(call):
    def run():
        try:
            return call()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


@asynccontextmanager
async def writing(reply, visitor):
    """The worker's outlet. On leaving the reply is done, in the database and in the log."""
    writer = live.Writer(redis_client.asynchronous())
    outlet = writer.open(reply_id=reply.pk, fence=1, data_key=visitor.visit.data_key)
    yield outlet
    await in_thread(lambda: store(reply, visitor))
    await outlet.close()
    writer.forget(outlet)


def store(reply, visitor, *, text=TEXT, state="done"):
    vault = Vault(user_id=visitor.user.pk, data_key=visitor.visit.data_key)
    sealed = vault.seal_reply(text, session_id=reply.session_id, turn=0, variant=1)
    Reply.objects.filter(pk=reply.pk).update(state=state, sealed_text=sealed, ended_at=timezone.now())


async def until(answer, condition):
    """The bubble and the decoder as soon as the condition holds."""
    bubble, decoder = event_stream.Bubble(), event_stream.Decoder()
    async with asyncio.timeout(SECONDS):
        async for chunk in answer.chunks():
            for message in decoder.feed(chunk):
                bubble.apply(message)
            if condition(bubble, decoder):
                break
    return bubble, decoder


def is_done(bubble, _decoder):
    return bool(bubble.done)


def prose_of(markup):
    return markup.split('<div class="prose"')[1].split("</div>")[0]
