"""Makes an assistant beside a running installation: name and prompt as JSON on standard input, its code on standard output."""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    fields = json.load(sys.stdin)
    sys.stdout.write(make(**fields))


def make(*, name: str, prompt: str) -> str:
    from django.utils import timezone

    from assistants.models import Assistant, Version

    now = timezone.now()
    assistant = Assistant.objects.create(
        name=name, tagline="Tests", description="Tests", visibility="listed", showcased=True, created_at=now
    )
    assistant.active_version = Version.objects.create(
        assistant=assistant, number=1, initial_prompt=prompt, model="gpt-4.1-mini", max_tokens=4096, created_at=now
    )
    assistant.save()
    return assistant.code


if __name__ == "__main__":
    main()
