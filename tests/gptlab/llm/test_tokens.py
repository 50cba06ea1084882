import gzip
import shutil
import subprocess
import sys
import time

import pytest
from tiktoken_ext import openai_public

from gptlab.llm import catalog, dialogue, tokens
from gptlab.llm.messages import Message, Request, Role, Usage

# The conversation of OpenAI's cookbook (without its names), and what the API billed for it.
COOKBOOK = [
    Message(Role.SYSTEM, "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."),
    Message(Role.SYSTEM, "New synergies will help drive top-line growth."),
    Message(Role.SYSTEM, "Things working well together will increase revenue."),
]


def count_text(text, model):
    provider_id = "openai" if model.startswith("gpt") else "attic-box"
    return tokens.count_text(text, catalog.model(provider_id, model).encoding)


@pytest.mark.parametrize(
    ("text", "model", "expected"),
    [
        ("", "gpt-4o", 0),
        ("hello world", "gpt-4o", 2),
        ("tiktoken is great!", "gpt-4", 6),
        ("antidisestablishmentarianism", "gpt-4", 6),
        ("antidisestablishmentarianism", "gpt-4o", 6),
        ("2 + 2 = 4", "gpt-4", 7),
        ("2 + 2 = 4", "gpt-4o", 7),
        ("お誕生日おめでとう", "gpt-4", 9),
        ("お誕生日おめでとう", "gpt-4o", 8),
        ("お誕生日おめでとう", "some-local-model", 20),
    ],
)
def test_known_counts(text, model, expected):
    assert count_text(text, model) == expected


def test_messages_cost_more_than_their_texts():
    texts = sum(count_text(message.text, "gpt-4o") for message in COOKBOOK)
    assert tokens.count_request(COOKBOOK, catalog.model("openai", "gpt-4o")) == texts + 4 * len(COOKBOOK) + 3
    assert tokens.count_request([], catalog.model("openai", "gpt-4o")) == 3


def test_every_endpoint_adds_something_of_its_own():
    def counted(endpoint):
        return tokens.count_request(COOKBOOK, catalog.ModelInfo("m", 8192, endpoint=endpoint))

    assert counted("responses") == counted("chat")
    assert counted("completions") == count_text(dialogue.prompt(COOKBOOK), "gpt-4o")


def test_estimate_counts_what_was_sent_and_what_came():
    usage = tokens.estimate(Request("openai", "gpt-4o", tuple(COOKBOOK)), "hello world")
    assert usage == Usage(tokens.count_request(COOKBOOK, catalog.model("openai", "gpt-4o")), 2, estimated=True)


@pytest.mark.parametrize("text", ["<|endoftext|>", "<|endofprompt|><|im_start|>", "a\ud83db", "\0", "<|fim_prefix|>"])
def test_no_text_is_refused(text):
    assert count_text(text, "gpt-4o") > 0
    assert count_text(text, "gpt-4") > 0


@pytest.mark.parametrize("text", ["a", " ", "\n", "!", "é", "早", "ab ", "x" * 999 + " "], ids=repr)
def test_megabyte_of_anything_is_counted_soon(text):
    count_text("warm", "gpt-4o")
    began = time.process_time()
    assert count_text(text * (1_000_000 // len(text)), "gpt-4o") > 1000
    assert time.process_time() - began < 1.5


def test_text_cut_into_pieces_counts_nearly_the_same():
    text = "中文字符的测试" * 2000
    whole = len(tokens._encoding("o200k_base").encode_ordinary(text))
    assert whole <= count_text(text, "gpt-4o") <= whole * 1.005


def test_encodings_are_tiktoken_s_own(monkeypatch):
    """Its constructors are run without their download: they name the pattern, and the hash that the ranks must have."""
    hashes = []
    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", lambda url, expected_hash: hashes.append(expected_hash) or {})
    for name in tokens._SHA256:
        assert getattr(openai_public, name)()["pat_str"] == tokens._PATTERNS[name]
    assert hashes == list(tokens._SHA256.values())


def test_damaged_ranks_are_refused(monkeypatch, tmp_path):
    shutil.copytree(tokens._VENDOR, tmp_path / "vendor")
    path = tmp_path / "vendor/o200k_base.tiktoken.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b" 77\n", b" 78\n", 1)))
    monkeypatch.setattr(tokens, "_VENDOR", tmp_path / "vendor")
    with pytest.raises(ValueError, match="damaged"):
        tokens._load("o200k_base")


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, django; from django.conf import settings; settings.configure(); "
        "from gptlab.llm import catalog, chat, client, tokens; "
        "print(sorted({'tiktoken', 'openai', 'httpx2', 'aiohttp'} & set(sys.modules)), tokens._encodings)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[] {}"
