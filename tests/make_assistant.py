"""Makes an assistant in an installation, as the lab's own code would: fields as JSON on standard input, its code on standard output."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
django.setup()

from django.utils import timezone

from assistants.models import Assistant, Version

fields = json.load(sys.stdin)
assistant = Assistant.objects.create(
    name=fields["name"], tagline="Tests", description="Tests", visibility="listed", showcased=True, created_at=timezone.now()
)
assistant.active_version = Version.objects.create(
    assistant=assistant,
    number=1,
    initial_prompt=fields["prompt"],
    model="gpt-4.1-mini",
    max_tokens=4096,
    created_at=timezone.now(),
)
assistant.save()
sys.stdout.write(assistant.code)
