import hashlib
import re

from tests.conventions import source

VENDOR = source.REPOSITORY / "static/vendor"
NOT_LISTED = {"VERSIONS.md"}


def listed():
    return dict(re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", (VENDOR / "VERSIONS.md").read_text(), re.MULTILINE))


def test_every_vendored_file_is_the_one_that_was_checked_in():
    there = {str(path.relative_to(VENDOR)): path for path in VENDOR.rglob("*") if path.is_file()}
    files = {name: path for name, path in there.items() if name not in NOT_LISTED and not path.name.startswith("LICENSE")}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == listed()


def test_every_vendored_folder_has_its_licence():
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert [str(folder) for folder in folders if not list(folder.glob("LICENSE*"))] == []
