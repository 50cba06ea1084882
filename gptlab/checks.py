"""What must be right before GPT Lab serves anyone. `manage.py check` lists it; in production nothing starts on an error.

`settings.py` already refuses a secret that is missing or no key at all. Here is what only a second look shows.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from gptlab import embedded_redis, local_secrets, words
from gptlab.llm import catalog

SHORTEST_SECRET_KEY = 32  # characters


@checks.register()
def check_catalog(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The operator's lists of providers and models: a slip in them would only show as a broken page."""
    try:
        for provider in catalog.providers():
            catalog.model(provider.id, "any")
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), hint="Its line in .env.example says what it takes.", id="gptlab.E010")]
    return []


@checks.register()
def check_pages(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The pages of words: one that can't be read is not shown, and ours or the one before stands there instead."""
    hint = f"It lies in {settings.PAGES_FOLDER}; README.md says what its head may hold."
    return [checks.Warning(trouble, hint=hint, id="gptlab.W004") for trouble in words.troubles()]


@checks.register()
def check_admin_path(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The admin comes last: under an address of ours, pages of it would not be found."""
    first = settings.ADMIN_PATH.partition("/")[0]
    if first not in {*_first_parts(get_resolver().url_patterns), settings.STATIC_URL.strip("/")}:
        return []
    hint = "Its line in .env.example says what it takes."
    return [checks.Error(f"ADMIN_PATH begins with {first}/, which is ours already.", hint=hint, id="gptlab.E013")]


def _first_parts(patterns: Sequence[Any]) -> Iterator[str]:
    """Of all addresses but the admin's."""
    for pattern in patterns:
        route = str(pattern.pattern)
        if not route and hasattr(pattern, "url_patterns"):
            yield from _first_parts(pattern.url_patterns)
        elif getattr(pattern, "namespace", None) != "admin":
            yield route.partition("/")[0]


@checks.register()
def check_word_list(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The operator's list of words: while it can't be read, all that is published for everybody is held back."""
    if not settings.WORD_LIST:
        return []
    try:
        Path(settings.WORD_LIST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "WORD_LIST names a text file, in UTF-8, with one word or phrase a line."
        return [checks.Warning(f"The list of words can't be read: {error}", hint=hint, id="gptlab.W005")]
    return []


@checks.register(checks.Tags.security)
def check_production(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [*_weak_secrets(), *_unsafe_switches(), *_stopgaps()] if settings.PRODUCTION else []


def refuse_unsafe_production() -> None:
    """For the processes that start without `manage.py`, and so without its checks: ends this one, and says why."""
    errors = [message for message in check_production(None) if message.is_serious()]
    if errors:
        reasons = "\n".join(f"  {error.id}: {error.msg} {error.hint}" for error in errors)
        raise SystemExit(f"GPT Lab does not start in production like this:\n{reasons}")


def _weak_secrets() -> Iterator[checks.CheckMessage]:
    how = "Its line in .env.example says how to make one."
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_SECRET_KEY or len(set(key)) < 8 or "insecure" in key or "change" in key.lower():
        yield checks.Error("SECRET_KEY is short, or one that anybody could guess.", hint=how, id="gptlab.E001")
    keys = [(name, key) for name in local_secrets.LISTS for key in getattr(settings, name)]
    for name in {name: None for name, key in keys if len(set(key)) < 8}:
        yield checks.Error(f"{name} holds a key that is not random.", hint=how, id="gptlab.E002")
    if len({key for _, key in keys}) < len(keys):
        yield checks.Error("PEPPERS, WORKER_KEYS and PROMPT_KEYS share a key.", hint="Each needs its own.", id="gptlab.E003")
    if local := _shared_with_local():
        hint = "They lie in a file on a disk. Make new ones, and keep them where this machine's secrets are kept."
        yield checks.Error(f"{', '.join(local)}: from the local profile's data folder.", hint=hint, id="gptlab.E004")


def _shared_with_local() -> list[str]:
    """Names of the secrets that were written for the local profile, in the data folder or where it is by default."""
    made: set[str] = set()
    for folder in {Path(settings.DATA), settings.BASE_DIR / "data"}:
        for value in local_secrets.read(folder).values():
            made |= {part.strip().lower() for part in value.split(",")}
    given = {"SECRET_KEY": {settings.SECRET_KEY.lower()}}
    given |= {name: {key.hex() for key in getattr(settings, name)} for name in local_secrets.LISTS}
    return [name for name, values in given.items() if values & made]


def _unsafe_switches() -> Iterator[checks.CheckMessage]:
    if settings.DEBUG:
        yield checks.Error("DEBUG is on: error pages would show visits.", hint="Remove DEBUG.", id="gptlab.E005")
    if settings.DEMO_BASE_URL:
        hint = "Remove DEMO_BASE_URL; list your own servers in KEYLESS_SERVERS."
        yield checks.Error("The demo provider is configured.", hint=hint, id="gptlab.E006")
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        hint = "Set it to the names under which visitors reach this installation."
        yield checks.Error("ALLOWED_HOSTS is empty, or open to any name.", hint=hint, id="gptlab.E007")
    if settings.REDIS_URL == embedded_redis.url(settings.DATA):
        hint = "Several machines must share one; the embedded server is for one machine and one user."
        yield checks.Error("REDIS_URL is not set.", hint=hint, id="gptlab.E008")


def _stopgaps() -> Iterator[checks.CheckMessage]:
    """Works, but not for long or not for many."""
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        hint = "Set DATABASE_URL to a Postgres. SQLite serves one machine, and one writer at a time."
        yield checks.Warning("The database is SQLite.", hint=hint, id="gptlab.W001")
    redis = urlsplit(settings.REDIS_URL)
    if redis.scheme != "unix" and not redis.password:
        hint = "Whoever reaches it can end visits and drop messages. Give it one: redis://:password@host:6379/0."
        yield checks.Warning("Redis has no password.", hint=hint, id="gptlab.W002")
    for name in words.unreviewed():
        hint = f"Copy gptlab/words/{name}.md into PAGES_FOLDER, make it yours, and write `reviewed: yes` into its head."
        yield checks.Warning(f"Nobody has reviewed {name}.md; its page says so.", hint=hint, id="gptlab.W003")
