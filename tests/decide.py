"""A decision in an installation that runs: `code`, `action` and `reason` as JSON on standard input."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from assistants.models import Assistant, Decision  # noqa: E402
from assistants.moderation import decide  # noqa: E402

if __name__ == "__main__":
    told = json.load(sys.stdin)
    by = User.objects.filter(username="mo").first() or User.objects.create_superuser("mo", "a password that is long")
    ids = list(Assistant.objects.filter(code=told["code"]).values_list("pk", flat=True))
    decide(ids, action=Decision.Action(told["action"]), reason=told["reason"], by=by, now=timezone.now())
