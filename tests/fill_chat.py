"""Fills a chat with sealed turns beside a running installation, without a model: JSON on standard input.

`{"provider", "api_key", "sessions", "turns"}`: the key is the visitor's, who owns the sessions; the
turns come after their opening.
"""

import json
import os
import sys

import django

REPLY = """Turn {number}. The rate went up by **{number} points**, which is no proof yet:

- {number} of 240 bought
- the others looked on

```sql
select page, count(*) from visits where number > {number} group by page order by count(*) desc, page limit 10;
```

Say “go on” for the next step. """


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    fill(**json.load(sys.stdin))


def fill(*, provider: str, api_key: str, sessions: list[str], turns: int) -> None:
    from accounts import credentials
    from chats.sealing import Vault

    newest = credentials.newest_root(provider=provider, key=api_key)
    account = credentials.find(provider=provider, key=api_key, newest=newest)
    vault = Vault(user_id=account.user.pk, data_key=account.data_key)
    for session in sessions:
        write(session, vault=vault, turns=turns)


def write(session_id, *, vault, turns):
    """A turn a minute, up to now; every fifth reply is three times as long."""
    from datetime import timedelta

    from django.utils import timezone

    from chats.models import ChatSession, Reply, Turn

    session = ChatSession.objects.select_related("version").get(pk=session_id)
    first, now = session.turn_count, timezone.now()
    made, replies = [], []
    for number in range(first, first + turns):
        at = now - timedelta(minutes=first + turns - number)
        text = vault.seal_turn(f"Message {number}", session_id=session.pk, turn=number)
        turn = Turn(session=session, number=number, sealed_text=text, created_at=at)
        words = REPLY.format(number=number) * (3 if number % 5 == 0 else 1)
        sealed = vault.seal_reply(words, session_id=session.pk, turn=number, variant=1)
        more = {"sent_at": at, "created_at": at, "ended_at": at, "model": session.version.model}
        made.append(turn)
        replies.append(Reply(session=session, turn=turn, state="done", sealed_text=sealed, **more))
    Turn.objects.bulk_create(made, batch_size=500)
    Reply.objects.bulk_create(replies, batch_size=500)
    ChatSession.objects.filter(pk=session.pk).update(turn_count=first + turns, last_turn_at=now)


if __name__ == "__main__":
    main()
