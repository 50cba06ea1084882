"""A decision in an installation that runs: `code`, `action` and `reason` as JSON on standard input."""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    decide(**json.load(sys.stdin))


def decide(*, code: str, action: str, reason: str) -> None:
    from django.utils import timezone

    from accounts.models import User
    from assistants import moderation
    from assistants.models import Assistant, Decision

    by = User.objects.filter(username="mo").first() or User.objects.create_superuser("mo", "a password that is long")
    ids = list(Assistant.objects.filter(code=code).values_list("pk", flat=True))
    moderation.decide(ids, action=Decision.Action(action), reason=reason, by=by, now=timezone.now())


if __name__ == "__main__":
    main()
