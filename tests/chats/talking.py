"""What the tests of the talk do: start, say, and play the worker that answers."""

import uuid

from chats import conversation, history
from chats.models import Reply
from chats.sealing import Vault
from tests.chats.conftest import NOW

State = Reply.State


def start(user, visit, assistant, **more):
    return conversation.start(user=user, visit=visit, code=assistant.code, now=NOW, **({"model": ""} | more))


def say(user, visit, session, text="Hello", client_id=None, now=NOW):
    form_id = str(client_id or uuid.uuid4())
    return conversation.say(user=user, visit=visit, session_id=session.pk, text=text, client_id=form_id, now=now)


def end(reply, state=State.DONE):
    Reply.objects.filter(pk=reply.pk).update(state=state)


def answer(visit, reply, text, state=State.DONE):
    """What a worker leaves."""
    sealed = vault_of(visit).seal_reply(text, session_id=reply.session_id, turn=reply.turn.number, variant=reply.variant)
    Reply.objects.filter(pk=reply.pk).update(state=state, sealed_text=sealed, ended_at=NOW)
    return reply


def vault_of(visit):
    return Vault(user_id=visit.user_id, data_key=visit.data_key)


def told(session, visit):
    """(message, reply) of each turn that counts, oldest first."""
    found = [exchange for batch in history.batches(session, vault=vault_of(visit)) for exchange in batch]
    return [(exchange.turn.text, exchange.reply.text if exchange.reply else None) for exchange in found]
