"""Makes assistants beside a running installation: name, prompt and how many as JSON on standard input, codes on standard output.

More than one stand in the community, numbered, so that the showcase stays as it is for others.
"""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    sys.stdout.write(" ".join(make_many(**json.load(sys.stdin))))


def make_many(*, name: str, prompt: str, copies: int = 1) -> list[str]:
    if copies == 1:
        return [make(name=name, prompt=prompt, showcased=True)]
    return [make(name=f"{name} {number:02}", prompt=prompt, showcased=False) for number in range(1, copies + 1)]


def make(*, name: str, prompt: str, showcased: bool) -> str:
    from django.utils import timezone

    from assistants.models import Assistant, Version

    now = timezone.now()
    assistant = Assistant.objects.create(
        name=name, tagline="Tests", description="Tests", visibility="listed", showcased=showcased, created_at=now
    )
    assistant.active_version = Version.objects.create(
        assistant=assistant, number=1, initial_prompt=prompt, model="gpt-4.1-mini", max_tokens=4096, created_at=now
    )
    assistant.save()
    return assistant.code


if __name__ == "__main__":
    main()
