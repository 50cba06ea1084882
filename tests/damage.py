"""Spoils what a running installation has stored, as a bad disk or a mixed-up backup would: texts that no key opens."""

import sqlite3
from contextlib import closing

from tests.lab import Lab

SPOILT = "gAAAAA-spoilt"


def spoil_texts(lab: Lab, session: str) -> None:
    """The newest message of a chat, and the reply to it."""
    newest = "SELECT id FROM chats_turn WHERE session_id = :session ORDER BY number DESC LIMIT 1"
    for statement in (
        f"UPDATE chats_reply SET sealed_text = :spoilt WHERE turn_id = ({newest})",
        f"UPDATE chats_turn SET sealed_text = :spoilt WHERE id = ({newest})",
    ):
        _run(lab, statement, session=session.replace("-", ""))


def spoil_prompt(lab: Lab, code: str) -> None:
    """Of an assistant's active version."""
    active = "SELECT active_version_id FROM assistants_assistant WHERE code = :code"
    _run(lab, f"UPDATE assistants_version SET initial_prompt = :spoilt WHERE id = ({active})", code=code)


def _run(lab: Lab, statement: str, **values: str) -> None:
    with closing(sqlite3.connect(lab.data / "gptlab.sqlite3", timeout=20)) as database, database:
        done = database.execute(statement, values | {"spoilt": SPOILT})
        assert done.rowcount == 1, "there was nothing to spoil"
