"""Says the audit log of an installation that runs."""

import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()

    from accounts.models import AuditEntry

    sys.stdout.writelines(f"{entry} {entry.detail}\n" for entry in AuditEntry.objects.order_by("number"))


if __name__ == "__main__":
    main()
