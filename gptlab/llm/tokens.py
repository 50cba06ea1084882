"""Counts the tokens of messages, offline: tiktoken with its ranks beside us, loaded at the first count.

Loaded, o200k_base takes 75 MB and cl100k_base 30 MB: for the worker; for the web only where somebody writes a prompt in the Lab.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from gptlab.llm import catalog, dialogue, token_bounds
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Message, Request, Usage
from gptlab.llm.model_facts import UNKNOWN

if TYPE_CHECKING:
    import tiktoken

# What Chat Completions adds: https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
PER_MESSAGE = 3
PER_REPLY = 3
PER_MESSAGE_ELSEWHERE = 8  # the templates of other makers' models name each part of a frame

NEWEST = "o200k_base"
_VENDOR = Path(__file__).with_name("vendor")
# SHA-256 of the ranks as OpenAI publishes them, the same that tiktoken expects.
_SHA256 = {
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
# How a text is cut before its pieces are looked up; tiktoken keeps these beside its downloads, out of our reach.
_WORD = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_PATTERNS = {
    "cl100k_base": (
        r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]"""
        r"""|\s+(?!\S)|\s"""
    ),
    "o200k_base": (
        _WORD + r"""*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"""
        + _WORD + r"""+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
        r"""|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
    ),
}  # fmt: skip
# A megabyte of one letter takes a third of a second in one piece, a megabyte of spaces breaks tiktoken. Cut into pieces, such
# a text counts a token too many now and then.
_PIECE = 1000
_RUN = re.compile(r"\S+|\s+")

_encodings: dict[str, "tiktoken.Encoding"] = {}
_loading = Lock()


def count_request(messages: Sequence[Message], info: ModelInfo) -> int:
    """The tokens of all that is sent, with what the model's endpoint adds around the texts.

    Responses does not say what it adds; what it bills is what Chat Completions does.
    """
    if info.endpoint == "completions":
        return count_text(dialogue.prompt(messages), info.encoding)
    texts = sum(count_text(message.text, info.encoding) + count_text(message.role.value, info.encoding) for message in messages)
    frame = PER_MESSAGE_ELSEWHERE if info.encoding == UNKNOWN else PER_MESSAGE
    return texts + frame * len(messages) + PER_REPLY


def estimate(request: Request, text: str) -> Usage:
    """What a reply has cost when the upstream does not tell. Slow for the loop: call it in a thread."""
    info = catalog.model(request.provider, request.model)
    if info.encoding == UNKNOWN:  # what is likely is asked here, not what is safe
        info = replace(info, encoding=NEWEST)
    return Usage(count_request(request.messages, info), count_text(text, info.encoding), estimated=True)


def count_text(text: str, encoding: str) -> int:
    """The tokens of a text alone. Special tokens in a text (`<|endoftext|>`) are only text."""
    if encoding == UNKNOWN:
        return token_bounds.most(text, count_text(text, NEWEST))
    table = _encoding(encoding)
    if all(len(run) <= _PIECE for run in _RUN.findall(text)):
        return len(table.encode_ordinary(text))
    return sum(len(table.encode_ordinary(text[start : start + _PIECE])) for start in range(0, len(text), _PIECE))


def _encoding(name: str) -> "tiktoken.Encoding":
    with _loading:
        if name not in _encodings:
            _encodings[name] = _load(name)
        return _encodings[name]


def _load(name: str) -> "tiktoken.Encoding":
    import tiktoken

    path = _VENDOR / f"{name}.tiktoken.gz"
    data = gzip.decompress(path.read_bytes())
    if hashlib.sha256(data).hexdigest() != _SHA256[name]:
        raise ValueError(f"{path} is damaged: its SHA-256 is not the published one.")
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in data.splitlines())}
    return tiktoken.Encoding(name, pat_str=_PATTERNS[name], mergeable_ranks=ranks, special_tokens={})
