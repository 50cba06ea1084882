"""Prints the audit log of an installation that runs."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
django.setup()

from accounts.models import AuditEntry  # noqa: E402

if __name__ == "__main__":
    for entry in AuditEntry.objects.order_by("number"):
        sys.stdout.write(f"{entry} {entry.detail}\n")
