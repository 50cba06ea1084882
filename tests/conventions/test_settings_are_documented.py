"""One list of settings in three places: what `settings.py` reads, what `.env.example` explains, what the README sums up."""

import ast
import re

import pytest

from tests.conventions import source


def read_by_settings():
    tree = ast.parse((source.REPOSITORY / "gptlab/settings.py").read_text())
    names = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
            reader = ast.unparse(call.func)
            if reader.startswith("env.") or reader in {"flag", "secret", "secret_list", "os.environ.get"}:
                names.add(call.args[0].value)
    return names


def explained():
    return re.findall(r"^#?([A-Z_]+)=", (source.REPOSITORY / ".env.example").read_text(), re.MULTILINE)


def summed_up():
    rows = re.findall(r"^\|(.+?)\|", (source.REPOSITORY / "README.md").read_text(), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)]


def test_settings_reads_some():
    assert {"SECRET_KEY", "PEPPERS", "DATABASE_URL", "GPTLAB_PROFILE", "ENV_FILE"} <= read_by_settings()


@pytest.mark.parametrize("place", [explained, summed_up])
def test_every_setting_is_there_once_and_no_other(place):
    listed = place()
    assert sorted(listed) == sorted(read_by_settings())


def test_the_example_sets_nothing_by_itself():
    """Copied as it is, it changes nothing, and it offers no secret that anybody could keep."""
    lines = (source.REPOSITORY / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    assert {f"#{name}=" for name in ("SECRET_KEY", "PEPPERS", "WORKER_KEYS", "PROMPT_KEYS")} <= set(lines)
