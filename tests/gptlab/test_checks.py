import os
import secrets
import subprocess
import sys

import pytest

from gptlab import checks, embedded_redis, local_secrets


@pytest.fixture
def production(settings, monkeypatch, tmp_path):
    """A production that nothing is wrong with."""
    settings.PRODUCTION = True
    settings.SECRET_KEY = secrets.token_urlsafe(48)
    for name in local_secrets.LISTS:
        setattr(settings, name, [secrets.token_bytes(32)])
    settings.DEBUG = False
    settings.DEMO_BASE_URL = ""
    settings.ALLOWED_HOSTS = ["lab.example.org"]
    settings.DATA = tmp_path
    settings.REDIS_URL = "redis://:secret@redis:6379/0"
    settings.PAGES_FOLDER = tmp_path
    for name in ("terms", "privacy"):
        (tmp_path / f"{name}.md").write_text("version: 1\nreviewed: yes\n\n# Ours\n")
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    return settings


def found():
    return {message.id for message in checks.check_production(None)}


def test_a_complete_production_passes(production):
    assert found() == set()
    checks.refuse_unsafe_production()


def test_other_profiles_are_not_checked(production):
    production.PRODUCTION = False
    production.DEBUG = True
    assert found() == set()


@pytest.mark.parametrize(
    "key", ["short", "a" * 60, "django-insecure-" + "x9$kQ2mfpw7" * 5, "change-me-change-me-change-me-change-me-now"]
)
def test_a_weak_secret_key_is_refused(production, key):
    production.SECRET_KEY = key
    assert found() == {"gptlab.E001"}


@pytest.mark.parametrize("name", local_secrets.LISTS)
def test_a_key_that_is_not_random_is_refused(production, name):
    setattr(production, name, [secrets.token_bytes(32), bytes(32)])
    assert found() == {"gptlab.E002"}
    assert name in checks.check_production(None)[0].msg


def test_one_key_for_two_purposes_is_refused(production):
    production.PEPPERS = production.WORKER_KEYS
    assert found() == {"gptlab.E003"}


def test_secrets_of_the_local_profile_are_refused(production, tmp_path):
    made = local_secrets.read_or_write(tmp_path)
    production.PROMPT_KEYS = [secrets.token_bytes(32), bytes.fromhex(made["PROMPT_KEYS"])]
    production.SECRET_KEY = made["SECRET_KEY"]
    (error,) = checks.check_production(None)
    assert error.id == "gptlab.E004"
    assert "SECRET_KEY, PROMPT_KEYS" in error.msg


def test_debug_is_refused(production):
    production.DEBUG = True
    assert found() == {"gptlab.E005"}


def test_the_demo_provider_is_refused(production):
    production.DEMO_BASE_URL = "http://127.0.0.1:9000/v1"
    assert found() == {"gptlab.E006"}


@pytest.mark.parametrize("hosts", [[], ["*"], ["lab.example.org", "*"]])
def test_open_hosts_are_refused(production, hosts):
    production.ALLOWED_HOSTS = hosts
    assert found() == {"gptlab.E007"}


def test_the_embedded_redis_is_refused(production, tmp_path):
    production.REDIS_URL = embedded_redis.url(tmp_path)
    assert found() == {"gptlab.E008"}


def test_sqlite_is_warned_of(production, monkeypatch):
    monkeypatch.setitem(production.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert found() == {"gptlab.W001"}
    checks.refuse_unsafe_production()


@pytest.mark.parametrize(
    ("url", "warned"), [("redis://redis:6379/0", True), ("rediss://:x@redis/0", False), ("unix:///run/redis.sock", False)]
)
def test_a_redis_without_a_password_is_warned_of(production, url, warned):
    production.REDIS_URL = url
    assert found() == ({"gptlab.W002"} if warned else set())


@pytest.mark.parametrize("name", ["terms", "privacy"])
def test_a_page_that_nobody_has_reviewed_is_warned_of(production, tmp_path, name):
    (tmp_path / f"{name}.md").unlink()
    assert found() == {"gptlab.W003"}
    assert f"{name}.md" in checks.check_production(None)[0].msg


def test_the_refusal_names_every_reason_and_no_secret(production):
    production.DEBUG = True
    production.SECRET_KEY = "short-and-secret"
    with pytest.raises(SystemExit) as refused:
        checks.refuse_unsafe_production()
    assert "gptlab.E001" in str(refused.value)
    assert "gptlab.E005" in str(refused.value)
    assert "short-and-secret" not in str(refused.value)


@pytest.mark.parametrize("path", ["lab/", "chats/desk/", "sign-in/", "static/", "healthz/", "assistants/"])
def test_an_admin_under_an_address_of_ours_is_refused(settings, path):
    settings.ADMIN_PATH = path
    (error,) = checks.check_admin_path(None)
    assert error.id == "gptlab.E013"
    assert path.partition("/")[0] in error.msg


@pytest.mark.parametrize("path", ["admin/", "back-room/", "back-room/lab/", "labs/"])
def test_any_other_address_will_do_for_the_admin(settings, path):
    settings.ADMIN_PATH = path
    assert checks.check_admin_path(None) == []


@pytest.mark.parametrize("path", ["/admin/", "admin", "", "/", "a//b/", "<str:any>/", "../admin/", "https://example.org/"])
def test_an_admin_path_that_is_none_is_refused(tmp_path, repository, path):
    given = environment(tmp_path, ADMIN_PATH=path)
    command = [sys.executable, "-c", "import gptlab.settings"]
    answer = subprocess.run(command, cwd=repository, env=given, capture_output=True, text=True, timeout=30, check=False)
    assert answer.returncode != 0
    assert "ADMIN_PATH is " in answer.stderr


ENTRIES = {
    "web": ["-m", "uvicorn", "gptlab.asgi:application", "--port", "0"],
    "worker": ["-m", "celery", "--app", "gptlab", "worker", "--pool", "threads"],
    "beat": ["-m", "celery", "--app", "gptlab", "beat", "--pidfile="],
    "command": ["manage.py", "migrate", "--plan"],
}


def environment(tmp_path, **changes):
    keys = {name: secrets.token_hex(32) for name in local_secrets.LISTS}
    given = {
        "ENV_FILE": os.devnull,
        "GPTLAB_PROFILE": "production",
        "GPTLAB_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "gptlab.settings",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "lab.example.org",
        "REDIS_URL": "redis://:secret@127.0.0.1:9/0",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "PATH": os.environ["PATH"],
    }
    return given | keys | changes


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"DEMO_BASE_URL": "http://127.0.0.1:9000/v1"}, "gptlab.E006"),
        ({"DEBUG": "true"}, "gptlab.E005"),
        ({"PEPPERS": ""}, "PEPPERS is not set"),
    ],
)
def test_no_way_to_start_an_unsafe_production(entry, change, reason, tmp_path, repository):
    command = [sys.executable, *ENTRIES[entry]]
    answer = subprocess.run(
        command, cwd=repository, env=environment(tmp_path, **change), capture_output=True, text=True, timeout=30, check=False
    )
    assert answer.returncode != 0
    assert reason in answer.stdout + answer.stderr
