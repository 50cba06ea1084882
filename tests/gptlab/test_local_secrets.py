import stat
from concurrent.futures import ThreadPoolExecutor

from gptlab import local_secrets


def test_every_secret_is_made_once_and_then_kept(tmp_path):
    made = local_secrets.read_or_write(tmp_path)
    assert set(made) == {"SECRET_KEY", *local_secrets.LISTS}
    assert local_secrets.read_or_write(tmp_path) == made


def test_keys_are_32_bytes_and_differ(tmp_path):
    made = local_secrets.read_or_write(tmp_path)
    keys = {bytes.fromhex(made[name]) for name in local_secrets.LISTS}
    assert len(keys) == len(local_secrets.LISTS)
    assert {len(key) for key in keys} == {32}


def test_two_installations_share_nothing(tmp_path):
    one, other = (local_secrets.read_or_write(tmp_path / name) for name in ("one", "other"))
    assert not set(one.values()) & set(other.values())


def test_only_the_owner_may_read_the_file(tmp_path):
    local_secrets.read_or_write(tmp_path)
    assert stat.S_IMODE((tmp_path / local_secrets.FILE_NAME).stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree(tmp_path, monkeypatch):
    monkeypatch.setattr("os.getpid", iter(range(100, 200)).__next__)  # threads here, processes there
    with ThreadPoolExecutor(16) as threads:
        results = list(threads.map(local_secrets.read_or_write, [tmp_path] * 16))
    assert all(result == results[0] for result in results)
    assert [path.name for path in tmp_path.iterdir()] == [local_secrets.FILE_NAME]


def test_reading_alone_makes_nothing(tmp_path):
    assert local_secrets.read(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []
