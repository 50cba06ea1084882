"""How many queries pages need, counted beside a running installation: JSON on standard input and output.

`{"cookie": "…", "paths": ["/lounge/"]}`, and back `{"/lounge/": 7}`.
"""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    json.dump(count(**json.load(sys.stdin)), sys.stdout)


def count(*, cookie: str, paths: list[str]) -> dict[str, int]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1", "cookie": cookie})
    client.get(paths[0])  # what a process asks for only once
    counts = {}
    for path in paths:
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        assert answer.status_code == 200, path
        counts[path] = len(asked)
    return counts


if __name__ == "__main__":
    main()
