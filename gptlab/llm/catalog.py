"""Providers and models: where to send a request and what may be in it. The operator's settings decide, never a visitor."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import slugify

SAMPLING_PARAMETERS = frozenset({"temperature", "top_p", "frequency_penalty", "presence_penalty"})
# What a reasoning model may think before it writes, on top of the reply's own limit: OpenAI advises to leave this much.
# Without it a short limit is spent on thinking, and the visitor pays for an empty reply.
REASONING_ROOM = 25_000
MINTED_PREFIX = "lab-"  # keys that GPT Lab mints for keyless servers
_SHIPPED = Path(__file__).with_name("models.toml")
_UNKNOWN = {
    # A model newer than the table: like the newest ones in what it takes, careful in what it holds.
    "openai": {"context_window": 128_000, "reasoning": True},
    # Local servers load small windows by default, and many cut silently what does not fit.
    "": {"context_window": 8_192},
}
# A fine-tuned model or a dated snapshot is its base model here: ft:gpt-4o-2024-08-06:org::id
_VARIANT = re.compile(r"(?:ft:)?(?P<base>[^:]+?)(?:-\d{4}-\d\d-\d\d)?(?::.*)?")


class UnknownProvider(KeyError):
    """The operator lists no such provider."""


@dataclass(frozen=True, slots=True)
class Provider:
    """`keyless` servers take any key, so the visitor's one is minted here (it begins with `key_prefix`).

    `sends_key`: false where the upstream has no use for the key. It opens the visitor's chats: nobody needs to see it then.
    """

    id: str
    name: str
    base_url: str
    keyless: bool = False
    key_prefix: str = ""
    key_help_url: str = ""
    accepts_any_key: bool = False  # a key needs only the right form: no upstream can say that it is wrong
    sends_key: bool = True
    takes_store: bool = False  # knows the field `store`; others may refuse a field that they do not know


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Sizes in tokens. `reasoning`: thinks before it writes, so it may be silent for minutes before the first word."""

    name: str
    context_window: int
    max_output: int | None = None
    reasoning: bool = False
    parameters: frozenset[str] = SAMPLING_PARAMETERS
    max_tokens_name: str = "max_tokens"
    encoding: str = "o200k_base"
    endpoint: str = "chat"
    offered: bool = True

    def reply_limit(self, max_tokens: int | None) -> int:
        """The tokens that a reply is held to when `max_tokens` are wanted, and that the window must have free.

        A reasoning model gets room to think on top. Half of the window at most: the rest is for what is asked.
        """
        most = min(self.max_output or self.context_window, self.context_window // 2)
        if max_tokens is None:
            return min(most, self.context_window // 4)
        return min(max_tokens + (REASONING_ROOM if self.reasoning else 0), most)

    def input_budget(self, max_tokens: int | None) -> int:
        """The tokens that the messages may take, so that the reply fits behind them."""
        return self.context_window - self.reply_limit(max_tokens)


def providers() -> tuple[Provider, ...]:
    """The operator's list: OpenAI, the keyless servers in their order, the Demo if it runs."""
    return _providers(settings.OPENAI_BASE_URL, tuple(settings.KEYLESS_SERVERS), settings.DEMO_BASE_URL)


def provider(provider_id: str) -> Provider:
    for known in providers():
        if known.id == provider_id:
            return known
    raise UnknownProvider(provider_id)


def model(provider_id: str, name: str) -> ModelInfo:
    """What is known of a model, or careful assumptions."""
    table = _models(settings.MODELS_FILE).get(provider_id, {})
    known = table.get(name) or table.get(_base(name))
    if known is not None:
        return known
    return _info(provider_id, name, _UNKNOWN.get(provider_id, _UNKNOWN[""]))


def encoding(name: str) -> str:
    """How a model's tokens are counted, whoever serves it."""
    for table in _models(settings.MODELS_FILE).values():
        known = table.get(name) or table.get(_base(name))
        if known is not None:
            return known.encoding
    return "o200k_base"


def chat_models(provider_id: str, names: Iterable[str]) -> list[str]:
    """Those of a server's models that can chat, sorted. OpenAI lists voices and pictures too: there only known ones count."""
    unique = sorted(set(names))
    if not (urlsplit(provider(provider_id).base_url).hostname or "").endswith("openai.com"):
        return unique
    table = _models(settings.MODELS_FILE).get(provider_id, {})
    return [name for name in unique if name in table or _base(name) in table]


def offered(provider_id: str, allowed: Sequence[str]) -> list[str]:
    """The models to choose from, best offer first: of those that the key may use, in the table's order, then the others."""
    table = _models(settings.MODELS_FILE).get(provider_id, {})
    named = [name for name, info in table.items() if info.offered and name in allowed]
    return named + [name for name in allowed if name not in table and _base(name) not in table]


def choose(provider_id: str, wanted: str, allowed: Sequence[str]) -> str:
    """The wanted model if the key may use it, else the first one offered; where none is, the wanted one again."""
    if wanted in allowed:
        return wanted
    return next(iter([*offered(provider_id, allowed), *allowed]), wanted)


@lru_cache(maxsize=8)
def _providers(openai_url: str, keyless: tuple[str, ...], demo_url: str) -> tuple[Provider, ...]:
    listed = [
        Provider(
            id="openai",
            name="OpenAI",
            base_url=openai_url.rstrip("/"),
            key_prefix="sk-",
            key_help_url="https://platform.openai.com/api-keys",
            takes_store=True,
        )
    ]
    listed += [_keyless(entry) for entry in keyless]
    if demo_url:
        demo_url = demo_url.rstrip("/")
        listed.append(
            Provider("demo", "Demo", demo_url, keyless=True, key_prefix="demo-", accepts_any_key=True, takes_store=True)
        )
    ids = [known.id for known in listed]
    if len(set(ids)) < len(ids):
        raise ImproperlyConfigured("Two providers have the same name: see KEYLESS_SERVERS in .env.example.")
    return tuple(listed)


def _keyless(entry: str) -> Provider:
    name, _, url = (part.strip() for part in entry.partition("="))
    if not slugify(name) or urlsplit(url).scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"KEYLESS_SERVERS has {entry!r}; it must be name=http://host:port/v1 (see .env.example).")
    return Provider(
        id=slugify(name),
        name=name,
        base_url=url.rstrip("/"),
        keyless=True,
        key_prefix=MINTED_PREFIX,
        accepts_any_key=True,
        sends_key=False,
    )


@lru_cache(maxsize=8)
def _models(own_file: str) -> dict[str, dict[str, ModelInfo]]:
    """Provider id → model name → facts: the operator's file first, then what is shipped and not in it."""
    tables: dict[str, dict[str, ModelInfo]] = {}
    for path in [Path(own_file), _SHIPPED] if own_file else [_SHIPPED]:
        try:
            facts = tomllib.loads(path.read_text())
            for provider_id, models in facts.items():
                table = tables.setdefault(provider_id, {})
                for name, fields in models.items():
                    table.setdefault(name, _info(provider_id, name, fields))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            reason = f"MODELS_FILE ({path}) can't be used: {error} (gptlab/llm/models.toml shows the form)."
            raise ImproperlyConfigured(reason) from error
    return tables


def _info(provider_id: str, name: str, fields: dict[str, Any]) -> ModelInfo:
    facts: dict[str, Any] = {"max_tokens_name": "max_completion_tokens" if provider_id == "openai" else "max_tokens", **fields}
    if fields.get("reasoning"):
        facts.setdefault("parameters", ())
    if "parameters" in facts:
        facts["parameters"] = frozenset(facts["parameters"])
    return ModelInfo(name=name, **facts)


def _base(name: str) -> str:
    found = _VARIANT.fullmatch(name)
    return found["base"] if found else name
