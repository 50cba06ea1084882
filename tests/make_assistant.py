"""Makes assistants beside a running installation: their fields as JSON on standard input, their codes on standard output.

Beside the fields of an assistant: its `prompt`, `version` (what differs from the usual one), `copies` (numbered, "Mia 01",
"Mia 02") and `owner_of`, a chat whose visitor is to be the maker.
"""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    fields = json.load(sys.stdin)
    copies = fields.pop("copies", 1)
    names = [fields.pop("name")] if copies == 1 else [f"{fields['name']} {number:02}" for number in range(1, copies + 1)]
    sys.stdout.write(" ".join(make(**fields | {"name": name}) for name in names))


def make(
    *, name: str, prompt: str = "You are a test.", owner_of: str = "", version: dict[str, object] | None = None, **fields: object
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
    return assistant.code


if __name__ == "__main__":
    main()
