"""Bad input classes 1 to 8 and 12 to 14 of the key field, with more members each."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import key_format
from gptlab import errors
from gptlab.llm.catalog import Provider

OPENAI = Provider("openai", "OpenAI", "https://api.openai.com/v1", key_prefix="sk-")
ATTIC = Provider("attic", "Attic", "http://127.0.0.1:9/v1", keyless=True, key_prefix="lab-")
DEMO = Provider("demo", "Demo", "http://127.0.0.1:9/v1", keyless=True, key_prefix="demo-")
BARE = Provider("bare", "Bare", "http://127.0.0.1:9/v1")
ALL = (OPENAI, ATTIC, DEMO, BARE)

LEGACY = "sk-" + "aB3" * 16
OTHER_LEGACY = "sk-" + "Zy9" * 16
PROJECT = "sk-proj-" + "Ab-_9" * 30
OTHER_PROJECT = "sk-proj-" + "x_Y-7" * 30
MINTED = "lab-" + "7K3QX9MZ" * 4
DEMO_KEY = "demo-" + "0123456789ABCDEF"


def complaint(raw: str, provider: Provider = OPENAI) -> str:
    with pytest.raises(errors.Invalid) as caught:
        key_format.clean(raw, provider=provider, others=ALL)
    assert caught.value.field == "api_key"
    return str(caught.value)


@pytest.mark.parametrize(
    ("key", "provider"),
    [
        (LEGACY, OPENAI),
        (PROJECT, OPENAI),
        ("sk-svcacct-" + "aB3_-" * 30, OPENAI),
        ("sk-test", OPENAI),
        ("sk-proj-abcsk-defghijklmnopqrstuvw", OPENAI),  # the prefix inside, by chance
        ("sk-proj-" + "a" * 30 + "-sk-" + "b" * 30, OPENAI),
        (MINTED, ATTIC),
        (DEMO_KEY, DEMO),
        ("demo-a-key-of-my-own-choice", DEMO),
        ("no.prefix/at+all==", BARE),
        ("AIzaSomething", BARE),
        ("y" + "x" * (key_format.MOST_CHARACTERS - 1), BARE),
    ],
)
def test_a_whole_key_passes_as_it_is(key: str, provider: Provider) -> None:
    assert key_format.clean(key, provider=provider, others=ALL) == key


@pytest.mark.parametrize("before", ["", " ", "\n", "\r\n", "\t\t", "\u00a0", "\u2003 "])
@pytest.mark.parametrize("after", ["", "  ", "\n", "\r\n\r\n", "\u3000"])
def test_spaces_and_lines_around_are_taken_away(before: str, after: str) -> None:
    assert key_format.clean(before + LEGACY + after, provider=OPENAI) == LEGACY


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "^Paste your API key"),
        (" ", "only spaces"),
        ("\r\n\t \u00a0", "only spaces"),
        ("sk-" + "a" * 510, "513 characters"),
        ("sk-" + "a" * 20_000, "20003 characters"),
        ("x" * 1_000_000, "1000000 characters"),
        ("🔑" * 300_000, "300000 characters"),
        ("sk-🔑", "“🔑” can’t be part"),
        ("sk-proj-абв", "“а” can’t be part"),
        ("sk-key…", "“…” can’t be part"),
        ("sk-ＡＢＣ", "“Ａ” can’t be part"),
        ("sk-ab\0cd", "invisible character .*NUL"),
        ("\0" + LEGACY, "invisible character .*NUL"),
        ("sk-ab\x7fcd", "invisible character .*U\\+007F"),
        ("sk-ab\x1bcd", "invisible character .*U\\+001B"),
        ("sk-ab\tcd", "invisible character .*TAB"),
        ("sk-ab\r\nX-Evil: 1", "line break"),
        ("sk-ab\ncd", "line break"),
        ("sk-ab\rSet-Cookie: a=b", "line break"),
        ("sk-ab cd", "There is a space"),
        ("sk-ab\u00a0cd", "There is a space"),
        ("sk-ab\u2028cd", "There is a space"),
        ("sk-ab\u200bcd", "invisible character .*ZERO WIDTH SPACE"),
        ("sk-ab\u200dcd", "invisible character .*ZERO WIDTH JOINER"),
        ("sk-ab\ufeffcd", "invisible character .*ZERO WIDTH NO-BREAK SPACE"),
        ("\ufeff" + LEGACY, "invisible character .*ZERO WIDTH NO-BREAK SPACE"),
        ("sk-ab\u2060cd", "invisible character .*WORD JOINER"),
        ("sk-ab\u00adcd", "invisible character .*SOFT HYPHEN"),
        ("sk-ab\u202ecd", "invisible character .*RIGHT-TO-LEFT OVERRIDE"),
        ("sk-ab\u0301cd", "invisible character .*COMBINING ACUTE ACCENT"),
        ("sk-ab\ud800cd", "invisible character .*U\\+D800"),
        (LEGACY + OTHER_LEGACY, "two keys"),
        (LEGACY + LEGACY, "two keys"),
        (PROJECT + PROJECT, "two keys"),
        (PROJECT + OTHER_PROJECT, "two keys"),
        (LEGACY + PROJECT, "two keys"),
        (PROJECT + LEGACY, "two keys"),
        (PROJECT + "sk-svcacct-abcdef", "two keys"),
        (LEGACY + "," + OTHER_LEGACY, "two keys"),
        (LEGACY + " " + OTHER_LEGACY, "two keys"),
        (LEGACY + "\n" + PROJECT, "two keys"),
        (LEGACY + ";" + LEGACY, "two keys"),
        (LEGACY + "\u200b" + PROJECT, "two keys"),
        (f"Bearer {LEGACY}", "only the key itself"),
        (f"Authorization: Bearer {LEGACY}", "only the key itself"),
        (f"OPENAI_API_KEY={LEGACY}", "only the key itself"),
        (f"export OPENAI_API_KEY={LEGACY}", "only the key itself"),
        (f"api_key: {LEGACY}", "only the key itself"),
        (f'"{LEGACY}"', "only the key itself"),
        (f"{LEGACY}”", "only the key itself"),
        ("sk-ant-api03-" + "a" * 80, "key of Anthropic.*one of OpenAI.*“sk-”"),
        ("sk-or-v1-" + "a" * 64, "key of OpenRouter"),
        ("AIzaSy" + "a" * 33, "key of Google"),
        ("gsk_" + "a" * 52, "key of Groq"),
        ("xai-" + "a" * 80, "key of xAI"),
        ("hf_" + "a" * 34, "key of Hugging Face"),
        (DEMO_KEY, "key of Demo. Choose Demo"),
        (MINTED, "key of Attic. Choose Attic"),
        ("whatever-this-is", "begins with “sk-”"),
        ("SK-" + "a" * 48, "begins with “sk-”"),
        ("sk_" + "a" * 48, "begins with “sk-”"),
        ("sk-", "only the beginning"),
    ],
    ids=lambda value: ascii(value[:40]),
)
def test_each_mistake_has_its_own_sentence(raw: str, words: str) -> None:
    assert re.search(words, complaint(raw))


@pytest.mark.parametrize(
    ("raw", "provider", "words"),
    [
        ("lab-7K3QX9MZ", ATTIC, "only the beginning"),
        (MINTED + MINTED, ATTIC, "two keys"),
        (MINTED + "lab-" + "0" * 32, ATTIC, "two keys"),
        (DEMO_KEY + DEMO_KEY.replace("0", "9"), DEMO, "two keys"),
        (LEGACY, ATTIC, "key of OpenAI. Choose OpenAI"),
        (DEMO_KEY, ATTIC, "key of Demo. Choose Demo"),
        ("demo-short", DEMO, "only the beginning"),
        ("plainly no key of the demo", DEMO, "space"),
        ("plainly-no-key-of-the-demo", DEMO, "begins with “demo-”"),
    ],
)
def test_keys_of_servers_that_take_any_are_looked_at_as_closely(raw: str, provider: Provider, words: str) -> None:
    assert re.search(words, complaint(raw, provider))


@given(st.text(max_size=600))
def test_no_text_breaks_it_and_what_passes_is_printable_ascii(text: str) -> None:
    try:
        key = key_format.clean(text, provider=OPENAI, others=ALL)
    except errors.Invalid as error:
        str(error).encode()  # can be put on a page
    else:
        assert re.fullmatch(r"sk-[!-~]{1,509}", key)


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=48, max_size=48))
def test_no_key_of_the_old_kind_is_taken_for_two(body: str) -> None:
    assert key_format.clean("sk-" + body, provider=OPENAI) == "sk-" + body


@pytest.mark.parametrize(
    "raw", [LEGACY + OTHER_LEGACY, f"Bearer {LEGACY}", LEGACY + "\u200b", "sk-ant-" + LEGACY, LEGACY + "\n" + "x"]
)
def test_no_sentence_repeats_the_key(raw: str) -> None:
    assert "aB3" not in complaint(raw)
