"""A moderator in an installation that runs: `name`, `password` and `may_read_prompts` as JSON on standard input."""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()

    from django.utils import timezone

    from accounts import moderators

    moderators.make(**json.load(sys.stdin), now=timezone.now())


if __name__ == "__main__":
    main()
