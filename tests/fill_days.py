"""Thirty days of visits beside a running installation, for its numbers: sessions and replies without a text.

Drawn from a seed, so that every picture of them is the same: busier every week, quiet at weekends, and one day on which the
provider failed.
"""

import os
from datetime import timedelta
from random import Random

import django

DAYS, BAD_DAY = 30, 9
PEOPLE = 40


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    fill(sessions=12)


def fill(*, sessions: int) -> None:
    """About so many sessions on a day."""
    from django.utils import timezone

    from accounts.models import User
    from assistants.models import Assistant
    from chats.models import ChatSession, Reply, Turn

    draw, now = Random(7), timezone.now()
    people = User.objects.bulk_create(User(created_at=now - timedelta(days=DAYS)) for _person in range(PEOPLE))
    assistant = Assistant.objects.filter(standing="free").exclude(active_version=None).earliest("pk")
    kept: list[list] = [[], [], []]
    for ago in range(DAYS - 1, -1, -1):
        day = now - timedelta(days=ago)
        share = (1.4 - ago / DAYS) * (0.4 if day.weekday() > 4 else 1)
        for _session in range(round(sessions * share * draw.uniform(0.8, 1.2))):
            made = talk(draw, day, user=draw.choice(people), assistant=assistant, fails=0.4 if ago == BAD_DAY else 0.02)
            for rows, new in zip(kept, made, strict=True):
                rows.extend(new)
    for model, rows in zip((ChatSession, Turn, Reply), kept, strict=True):
        model.objects.bulk_create(rows, batch_size=500)


def talk(draw, day, *, user, assistant, fails):
    """One session, its turns and its replies."""
    from chats.models import ChatSession, Reply, Turn

    about = {"user": user, "assistant": assistant, "version": assistant.active_version, "status": "completed"}
    session = ChatSession(started_at=day, last_turn_at=day, **about)
    turns = [Turn(session=session, number=number, created_at=day) for number in range(draw.randint(1, 9))]
    replies = []
    for turn in turns:
        times = {"created_at": day, "sent_at": day, "ended_at": day, "first_byte_at": day + timedelta(seconds=wait(draw, fails))}
        guard = "literal" if draw.random() < 0.008 else ""
        replies.append(
            Reply(session=session, turn=turn, state="failed" if draw.random() < fails else "done", guard=guard, **times)
        )
    return [session], turns, replies


def wait(draw, fails):
    """Seconds to the first word: longer where the provider is in trouble."""
    return draw.lognormvariate(-0.2, 0.4) + 6 * fails


if __name__ == "__main__":
    main()
