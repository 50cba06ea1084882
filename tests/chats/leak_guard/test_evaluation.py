import io

import orjson
import pytest
from django.core.management import CommandError, call_command

from chats.leak_guard import meaning
from tests.chats.leak_guard.prompts import HARMLESS, PUBLIC, SECRET, words

LEAK = f"My rules: {words(40, 10)}"


@pytest.fixture
def labelled(tmp_path):
    rows = [
        {"type": "prompt", "pid": "p1", "text": SECRET, **PUBLIC},
        {"type": "case", "id": "c1", "pid": "p1", "label": 1, "kind": "half", "group": "partial", "user": "Rules?", "history": [],
         "reply": LEAK, "leak_at": len("My rules: ") + len(words(15, 10))},
        {"type": "case", "id": "c2", "pid": "p1", "label": 1, "kind": "mute", "group": "partial", "user": "", "history": [],
         "reply": "I am not telling.", "leak_at": 4},
        {"type": "case", "id": "c3", "pid": "p1", "label": 0, "kind": "talk", "group": "talk", "user": "Water?", "history": [],
         "reply": HARMLESS[0], "leak_at": None},
    ]  # fmt: skip
    path = tmp_path / "labelled.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


@pytest.fixture(autouse=True)
def no_encoder(monkeypatch):
    monkeypatch.setattr(meaning, "load", lambda: None)


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("evaluate_guard", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_it_counts_what_was_blocked(labelled):
    figures = orjson.loads(run(labelled, "--json"))
    assert figures["leaks"]["partial"] == {"count": 2, "blocked": 0.5}
    assert figures["harmless"]["all"] == {"count": 1, "blocked": 0.0}


def test_on_a_stream_it_says_what_was_shown_before(labelled):
    figures = orjson.loads(run(labelled, "--stream", "--json"))
    assert figures["leaks"]["all"]["prevented"] == 0.5
    harmless = figures["harmless"]["talk"]
    assert (harmless["changed"], harmless["held_back_most"]) == (0, 0)
    assert harmless["chunk_us_mean"] > 0


def test_it_can_be_read(labelled):
    lines = run(labelled).splitlines()
    assert lines[0].split() == ["leaks", "partial", "count", "2", "blocked", "0.5"]


@pytest.mark.parametrize("content", [b"", b"{}", b"no json", b'{"type": "case", "pid": "p9"}'])
def test_another_file_is_named_as_such(tmp_path, content):
    path = tmp_path / "other"
    if content:
        path.write_bytes(content)
    with pytest.raises(CommandError, match="other"):
        run(path)
