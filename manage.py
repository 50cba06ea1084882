#!/usr/bin/env python3
"""Django's command line for GPT Lab."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        sys.exit("This Python has no Django. Type: make run, or .venv/bin/python manage.py after it.")
    if sys.argv[1:2] == ["lab"]:
        from gptlab import preflight

        preflight.prepare(sys.argv[2:])
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
