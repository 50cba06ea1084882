"""Providers and models: where to send a request and what may be in it. The operator's settings decide, never a visitor."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import slugify

from gptlab.llm import model_facts
from gptlab.llm.model_facts import SAMPLING_PARAMETERS, ModelInfo

__all__ = [
    "MINTED_PREFIX", "SAMPLING_PARAMETERS", "ModelInfo", "Provider", "UnknownProvider", "choose", "known_models", "model",
    "offered", "provider", "providers", "usable",
]  # fmt: skip

MINTED_PREFIX = "lab-"  # keys that GPT Lab mints for keyless servers
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
    moderates: bool = False  # has an endpoint that says what is wrong with a text


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
    return _model(settings.MODELS_FILE, provider_id, name, is_openai=_is_openai(provider_id))


def known_models() -> list[tuple[str, str]]:
    """Every model that is in a table: the provider's id, the name."""
    own_file = settings.MODELS_FILE
    return [
        (provider_id, name)
        for provider_id in model_facts.providers(own_file)
        for name in model_facts.listed(own_file, provider_id)
    ]


def usable(provider_id: str, names: Iterable[str]) -> list[str]:
    """Those of a server's models that can chat and that the operator allows, sorted.

    OpenAI lists voices and pictures too: there only models that are in a table count.
    """
    known = model_facts.listed(settings.MODELS_FILE, provider_id)
    only_known = _is_openai(provider_id)
    return [
        name
        for name in sorted(set(names))
        if (not only_known or name in known or _base(name) in known) and model(provider_id, name).allowed
    ]


def offered(provider_id: str, allowed: Sequence[str]) -> list[str]:
    """The models to choose from, best offer first: of those that the key may use, in the table's order, then the others."""
    known = model_facts.listed(settings.MODELS_FILE, provider_id)
    offers = [name for name in known if name in allowed]
    offers += [name for name in allowed if name not in known and _base(name) not in known]
    return [name for name in offers if (info := model(provider_id, name)).offered and info.allowed]


def choose(provider_id: str, wanted: str, allowed: Sequence[str]) -> str:
    """The wanted model if the key and the operator allow it, else the first one offered; where none is, the wanted one again.

    A model that is not offered can be wanted all the same: an assistant was made for it when it was.
    """
    left = [name for name in allowed if model(provider_id, name).allowed]
    if wanted in left:
        return wanted
    return next(iter([*offered(provider_id, left), *left]), wanted)


@lru_cache(maxsize=1024)
def _model(own_file: str, provider_id: str, name: str, *, is_openai: bool) -> ModelInfo:
    info = model_facts.read(own_file, provider_id, name, base=_base(name))
    own_word = model_facts.says(own_file, provider_id, name, base=_base(name), fact="endpoint")
    if provider_id == "openai" and not is_openai and not own_word:
        return replace(info, endpoint="completions" if info.endpoint == "completions" else "chat")
    return info


def _is_openai(provider_id: str) -> bool:
    """Whether it is OpenAI itself. What stands in its place may know its older endpoints only, and lists what it has."""
    return provider_id == "openai" and (urlsplit(settings.OPENAI_BASE_URL).hostname or "").endswith("openai.com")


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
            moderates=True,
        )
    ]
    listed += [_keyless(entry) for entry in keyless]
    if demo_url:
        demo_url = demo_url.rstrip("/")
        listed.append(
            Provider(
                id="demo",
                name="Demo",
                base_url=demo_url,
                keyless=True,
                key_prefix="demo-",
                accepts_any_key=True,
                takes_store=True,
                moderates=True,
            )
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


def _base(name: str) -> str:
    found = _VARIANT.fullmatch(name)
    return found["base"] if found else name
