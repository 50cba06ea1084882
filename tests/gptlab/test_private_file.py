import os
import stat

import pytest

from gptlab import private_file
from gptlab.private_file import Busy, replacing


def test_a_file_is_its_owners_alone(tmp_path):
    private_file.write(path := tmp_path / "file", b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_what_was_there_stays_until_the_new_one_is_whole(tmp_path):
    (path := tmp_path / "file").write_bytes(b"old")
    with replacing(path) as part:
        part.write_bytes(b"new")
        assert stat.S_IMODE(os.stat(part).st_mode) == 0o600
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_what_fails_leaves_nothing_but_what_was_there(tmp_path):
    (path := tmp_path / "file").write_bytes(b"old")
    with pytest.raises(TypeError), replacing(path) as part:
        part.write_bytes("no bytes")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_what_a_killed_one_left_is_written_over(tmp_path):
    (tmp_path / ".file.part").write_bytes(b"a long rest")
    private_file.write(path := tmp_path / "file", b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


def test_there_is_one_writer_at_a_time(tmp_path):
    with replacing(path := tmp_path / "file") as part:
        part.write_bytes(b"first")
        with pytest.raises(Busy), replacing(path):
            pass
    assert path.read_bytes() == b"first"


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"kept")
    (tmp_path / ".file.part").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        private_file.write(tmp_path / "file", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"kept"
