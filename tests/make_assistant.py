"""Makes assistants beside a running installation: their fields as JSON on standard input, their codes on standard output.

Beside the fields of an assistant: its `prompt`, `version` (what differs from the usual one), `copies` (numbered, "Mia 01",
"Mia 02"), `owner_of`, a chat whose visitor is to be the maker, and `visitors`: so many people who said two things today and liked
it, with days of others before them.
"""

import json
import os
import sys
from datetime import datetime, timedelta
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    fields = json.load(sys.stdin)
    copies = fields.pop("copies", 1)
    names = [fields.pop("name")] if copies == 1 else [f"{fields['name']} {number:02}" for number in range(1, copies + 1)]
    sys.stdout.write(" ".join(make(**fields | {"name": name}) for name in names))


def make(
    *,
    name: str,
    prompt: str = "You are a test.",
    owner_of: str = "",
    version: dict[str, object] | None = None,
    visitors: int = 0,
    **fields: object,
) -> str:
    from django.utils import timezone

    from assistants.models import Assistant, Version
    from chats.models import ChatSession

    now = timezone.now()
    usual = {"tagline": "Tests", "description": "Tests", "visibility": "listed", "showcased": True}
    creator = ChatSession.objects.get(pk=owner_of).user if owner_of else None
    assistant = Assistant.objects.create(name=name, creator=creator, created_at=now, **usual | fields)
    told = {"initial_prompt": prompt, "model": "gpt-4.1-mini", "max_tokens": 4096} | (version or {})
    assistant.active_version = Version.objects.create(assistant=assistant, number=1, created_at=now, **told)
    assistant.save()
    if visitors:
        visit(assistant, visitors, now)
    return assistant.code


def visit(assistant: Any, visitors: int, now: datetime) -> None:
    from accounts.models import User
    from assistants.models import AssistantDay
    from chats import numbers
    from chats.models import ChatSession, Turn

    for _ in range(visitors):
        session = ChatSession.objects.create(
            user=User.objects.create_visitor(terms_version="t", now=now),
            assistant=assistant,
            version=assistant.active_version,
            liked=True,
            started_at=now,
            last_turn_at=now,
        )
        for number in range(3):
            Turn.objects.create(session=session, number=number, sealed_text="sealed" if number else None, created_at=now)
    numbers.refresh(now=now)
    for days_ago in range(1, 30):
        day, people = (now - timedelta(days=days_ago)).date(), visitors * (30 - days_ago) // 20
        AssistantDay.objects.create(assistant=assistant, day=day, people=people, guard_blocks=1)


if __name__ == "__main__":
    main()
