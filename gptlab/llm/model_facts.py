"""What is known of each model: the shipped table, what the operator's file says over it, and careful assumptions below both."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

ENDPOINTS = ("chat", "responses", "completions")
UNKNOWN = "unknown"  # nobody knows its tokenizer: counted on the safe side
ENCODINGS = ("o200k_base", "cl100k_base", UNKNOWN)
SAMPLING_PARAMETERS = frozenset({"temperature", "top_p", "frequency_penalty", "presence_penalty"})
# What a reasoning model may think before it writes, on top of the reply's own limit: OpenAI advises to leave this much.
# Without it a short limit is spent on thinking, and the visitor pays for an empty reply.
REASONING_ROOM = 25_000
_SHIPPED = Path(__file__).with_name("models.toml")
_ASSUMED: dict[str, dict[str, Any]] = {
    # A model newer than the table: like the newest ones in what it takes, careful in what it holds.
    "openai": {"context_window": 128_000, "reasoning": True, "max_tokens_name": "max_completion_tokens"},
    "demo": {"context_window": 8_192},
    # Local servers load small windows by default, and many cut silently what does not fit.
    "": {"context_window": 8_192, "encoding": UNKNOWN},
}

Facts = dict[str, Any]
Table = dict[str, dict[str, Facts]]  # provider id → model's name or pattern → facts


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Sizes in tokens. `reasoning`: thinks before it writes, so it may be silent for minutes before the first word."""

    name: str
    context_window: int
    max_output: int | None = None
    reasoning: bool = False
    parameters: frozenset[str] = SAMPLING_PARAMETERS
    max_tokens_name: str = "max_tokens"  # of the chat endpoint; the others have one name each. Empty: no limit is asked for
    tells_usage: bool = True  # takes `stream_options`
    encoding: str = "o200k_base"
    endpoint: str = "chat"
    offered: bool = True
    allowed: bool = True

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


def read(own_file: str, provider_id: str, name: str, *, base: str) -> ModelInfo:
    """What is known of a model, whose snapshots and fine-tuned forms are like its `base`. The nearer word counts, by fact."""
    facts = dict(_ASSUMED.get(provider_id, _ASSUMED[""]))
    tables = [table.get(provider_id, {}) for table in (_shipped(), _own(own_file))]
    exact = [entries.get(name) or entries.get(base) for entries in tables]
    if any(each is not None for each in exact):
        facts.pop("reasoning", None)  # assumed of models that are in no table
    for entries, own in zip(tables, exact, strict=True):
        facts |= _of_pattern(entries, name) | (own or {})
    parameters = facts.get("parameters", () if facts.get("reasoning") else SAMPLING_PARAMETERS)
    return ModelInfo(**{**facts, "name": name, "parameters": frozenset(parameters)})


def listed(own_file: str, provider_id: str) -> list[str]:
    """The names of the models that are in a table, in the order of the offer: the operator's, then the shipped ones."""
    names = [*_own(own_file).get(provider_id, {}), *_shipped().get(provider_id, {})]
    return [name for name in dict.fromkeys(names) if "*" not in name]


def providers(own_file: str) -> list[str]:
    """The ids of the providers that a table speaks of."""
    return list(dict.fromkeys([*_own(own_file), *_shipped()]))


def says(own_file: str, provider_id: str, name: str, *, base: str, fact: str) -> bool:
    """Whether the operator's own file says this fact of the model."""
    entries = _own(own_file).get(provider_id, {})
    return fact in _of_pattern(entries, name) | (entries.get(name) or entries.get(base) or {})


def _of_pattern(entries: Mapping[str, Facts], name: str) -> Facts:
    """The facts of all patterns that the name fits, the longest pattern's over those of shorter ones."""
    found: Facts = {}
    for pattern in sorted((each for each in entries if "*" in each), key=len):
        if fnmatchcase(name, pattern):
            found |= entries[pattern]
    return found


def _shipped() -> Table:
    return _load(str(_SHIPPED))


def _own(path: str) -> Table:
    return _load(path) if path else {}


@lru_cache(maxsize=8)
def _load(path: str) -> Table:
    try:
        table: Table = tomllib.loads(Path(path).read_text())
        for provider_id, models in table.items():
            for name, facts in models.items():
                _check(f'[{provider_id}."{name}"]', facts)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        reason = f"MODELS_FILE ({path}) can't be used: {error} (gptlab/llm/models.toml shows the form)."
        raise ImproperlyConfigured(reason) from error
    return table


def _check(place: str, facts: Facts) -> None:
    """Raises ValueError with a sentence for the operator."""
    forms = {field.name: field.type for field in fields(ModelInfo) if field.name != "name"}
    for fact, value in facts.items():
        if fact not in forms:
            raise ValueError(f"{place} has {fact!r}, which is none of {', '.join(forms)}.")
        wanted = list if fact == "parameters" else int if fact in {"context_window", "max_output"} else forms[fact]
        if type(value) is not wanted or (isinstance(value, int) and wanted is int and value <= 0):
            raise ValueError(f"{place} has {fact} = {value!r}, which makes no sense there.")
    for fact, known in (("endpoint", ENDPOINTS), ("encoding", ENCODINGS)):
        if facts.get(fact, known[0]) not in known:
            raise ValueError(f"{place} has {fact} = {facts[fact]!r}; it must be one of {', '.join(known)}.")
    if unknown := set(facts.get("parameters", ())) - SAMPLING_PARAMETERS:
        raise ValueError(f"{place} has parameters {sorted(unknown)}; there are {', '.join(sorted(SAMPLING_PARAMETERS))}.")
