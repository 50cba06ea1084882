import codecs

import pytest

from chats.leak_guard.language import LANGUAGE, STRANGE, WORDS, looks_like

ENGLISH = "The hive is opened on a warm day, and the bees will be calm if you are."


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        "Man öffnet den Stock an einem warmen Tag, und die Bienen sind ruhig.",
        "La colmena se abre en un día cálido, y las abejas están tranquilas.",
    ],
)
def test_sentences_are_language(text):
    assert looks_like(text) == LANGUAGE


@pytest.mark.parametrize(
    "text", ["lavender, clover, thistle, linden, heather, rosemary, cherry", "Улей открывают в тёплый день, и пчёлы спокойны."]
)
def test_lists_and_scripts_that_it_does_not_know_are_words(text):
    assert looks_like(text) == WORDS


@pytest.mark.parametrize(
    "text",
    [
        codecs.encode(ENGLISH, "rot13"),
        ENGLISH.encode().hex(),
        "VGhlIGhpdmUgaXMgb3BlbmVkIG9uIGEgd2FybSBkYXk=",
        ".... .. ...- . / .. ...",
    ],
)
def test_ciphers_are_strange(text):
    assert looks_like(text) == STRANGE
