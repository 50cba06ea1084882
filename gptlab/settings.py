"""All settings, in one file, from the environment or `.env`; `.env.example` lists each. `gptlab/checks.py` validates them.

Three profiles. `local` (default): one machine, no service, secrets and SQLite in the data folder. `test`: the same, its own
data. `production`: everything must be given; it refuses to start on anything missing.
"""

import os
import re
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from gptlab import embedded_redis, local_secrets

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))

PROFILE = env.str("GPTLAB_PROFILE", default="local")
if PROFILE not in {"local", "test", "production"}:
    raise ImproperlyConfigured(f"GPTLAB_PROFILE is {PROFILE!r}; it must be local, test or production (see .env.example).")
PRODUCTION = PROFILE == "production"

DATA = Path(env.str("GPTLAB_DATA", default=str(BASE_DIR / ("build/test-data" if PROFILE == "test" else "data")))).resolve()
_made = {} if PRODUCTION else local_secrets.read_or_write(DATA)


def flag(name: str, *, default: bool) -> bool:
    """`true` or `false`: a slip would turn something off that is to protect people."""
    word = env.str(name, default="").strip().lower()
    if word and word not in {"true", "yes", "on", "1", "false", "no", "off", "0"}:
        raise ImproperlyConfigured(f"{name} is {word!r}; it must be true or false (see .env.example).")
    return word in {"true", "yes", "on", "1"} if word else default


def secret(name: str) -> str:
    """A secret from the environment, or outside production from the data folder's file."""
    value: str = env.str(name, default=_made.get(name, ""))
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Its line in .env.example says how to make one.")
    return value


def secret_list(name: str) -> list[bytes]:
    """Secrets of 32 bytes, in hex, newest first, separated by commas."""
    try:
        keys = [bytes.fromhex(part.strip()) for part in secret(name).split(",") if part.strip()]
    except ValueError:
        keys = []
    if not keys or any(len(key) != 32 for key in keys):
        raise ImproperlyConfigured(f"{name} must be 64 hex digits, or several such separated by commas (see .env.example).")
    return keys


# Secrets
SECRET_KEY = secret("SECRET_KEY")
PEPPERS = secret_list("PEPPERS")
WORKER_KEYS = secret_list("WORKER_KEYS")
PROMPT_KEYS = secret_list("PROMPT_KEYS")
KEY_ITERATIONS = 1_000 if PROFILE == "test" else 600_000  # PBKDF2-HMAC-SHA256; stored with each credential

# Where it is reached
DEBUG = flag("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PRODUCTION and flag("BEHIND_TLS_PROXY", default=True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# What it is made of
INSTALLED_APPS = [
    "chats",
    "assistants",
    "accounts.apps.AccountsConfig",
    "gptlab",
    "servestatic.runserver_nostatic",
    "accounts.apps.LabAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gptlab.http.DomainErrorMiddleware",
    "accounts.middleware.SameVisitorMiddleware",
    "accounts.middleware.ReadOnlyMiddleware",
]
ROOT_URLCONF = "gptlab.urls"
ASGI_APPLICATION = "gptlab.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.visit",
                "gptlab.context.site",
            ],
        },
    }
]

# Database
if PRODUCTION and not env.str("DATABASE_URL", default=""):
    raise ImproperlyConfigured("DATABASE_URL is not set. Its line in .env.example gives an example.")
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA / 'gptlab.sqlite3'}")}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # DEFERRED loses concurrent transactions to "database is locked"
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 300  # of a thread that stays; opening costs more than a short query
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}  # a file: tests use threads and processes
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=16)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis, and Celery on it
REDIS_URL = env.str("REDIS_URL", default="") or embedded_redis.url(DATA)
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}  # longer than any task: a shorter one runs it twice
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: a file of past runs is no use to jobs that run every few seconds
CELERY_BEAT_SCHEDULE = {
    "recover": {"task": "chats.recover", "schedule": 2.0, "options": {"expires": 5}},
    "refresh-numbers": {"task": "chats.refresh_numbers", "schedule": 600.0, "options": {"expires": 500}},
}
SHUTDOWN_GRACE = env.float("SHUTDOWN_GRACE", default=30.0 if PRODUCTION else 0.3)  # seconds that live replies get to end
BEAT_IN_WORKER = flag("BEAT_IN_WORKER", default=not PRODUCTION)

# Accounts and visits
AUTH_USER_MODEL = "accounts.User"
SESSION_ENGINE = "accounts.visit"
SESSION_COOKIE_NAME = "__Host-visit" if PRODUCTION else "visit"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_FAILURE_VIEW = "gptlab.pages.csrf_failure"
VISIT_IDLE_SECONDS = 30 * 60
VISIT_MOST_SECONDS = 12 * 60 * 60
RELAY_SECONDS = 15 * 60  # that a worker can get the key of one job
LOGIN_REDIRECT_URL = "assistants:lounge"
LOGOUT_REDIRECT_URL = "home"
ADMIN_PATH = env.str("ADMIN_PATH", default="admin/")
if not re.fullmatch(r"(?:[A-Za-z0-9_-]+/)+", ADMIN_PATH):
    raise ImproperlyConfigured(f"ADMIN_PATH is {ADMIN_PATH!r}; it must look like admin/ or back-room/desk/ (see .env.example).")
STAFF_TWO_FACTOR = flag("STAFF_TWO_FACTOR", default=PRODUCTION)  # staff must have it; who has set it up needs it anyway
# Attempts from one address. A machine of one's own has one address for all, and benchmarks sign in many visitors.
SIGN_IN_LIMIT = env.str("SIGN_IN_LIMIT", default="20/minute;200/hour" if PRODUCTION else "600/minute")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Providers: the operator's list (gptlab/llm/catalog.py reads these)
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="https://api.openai.com/v1")
KEYLESS_SERVERS = env.list("KEYLESS_SERVERS", default=[])  # "name=http://host:port/v1"
# Whether who has only a key that we gave, or one of the Demo, counts in the numbers of people: such accounts are free.
COUNT_KEYLESS = flag("COUNT_KEYLESS", default=not PRODUCTION)
DEMO_BASE_URL = env.str("DEMO_BASE_URL", default="")  # set by `manage.py lab`; refused in production
MODELS_FILE = env.str("MODELS_FILE", default="")
MODERATE_MESSAGES = flag("MODERATE_MESSAGES", default=True)
WORD_LIST = env.str("WORD_LIST", default="")
GUARD_MEANING = flag("GUARD_MEANING", default=True)

# Messages
MESSAGE_MOST_BYTES = 32 * 1024
# Of one visitor; what writes by itself, as a benchmark does, is faster than people are.
MESSAGE_LIMIT = env.str("MESSAGE_LIMIT", default="60/minute")
START_LIMIT = env.str("START_LIMIT", default="30/minute")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # never a cookie: it may hold a minted key
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # a pasted megabyte must reach the form, which says what is wrong with it
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000  # a user's rights in the admin are more than a hundred
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # larger files are not taken, and none ever lies on the disk in the clear
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

RETENTION = env.str("RETENTION", default="")  # what `manage.py purge` deletes: kind=duration

# Pages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is uploaded
    "staticfiles": {
        "BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"
        if PROFILE != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
PAGES_FOLDER = Path(env.str("PAGES_FOLDER", default=str(DATA / "pages")))  # the operator's own words, see gptlab/words
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")
SITE_LINKS = env.list("SITE_LINKS", default=[])  # "label=https://…", shown in the footer

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_SSL_REDIRECT = PRODUCTION and flag("SSL_REDIRECT", default=True)
X_FRAME_OPTIONS = "DENY"

# Logs: never a request's body, a key or a text; see tests/faults for the proof
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("httpx2", "httpcore", "openai", "aiohttp", "asyncio", "celery.beat")}
    | {"django.security.DisallowedHost": {"level": "CRITICAL"}},  # any scanner can send one; the answer is 400
}
