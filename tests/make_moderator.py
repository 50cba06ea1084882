"""A moderator in an installation that runs: `name`, `password` and `may_read_prompts` as JSON on standard input."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from accounts import moderators  # noqa: E402

if __name__ == "__main__":
    moderators.make(**json.load(sys.stdin), now=timezone.now())
