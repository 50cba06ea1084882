"""What no tokenizer exceeds: the most that Llama 2, Llama 3, Mistral and GPT-4 make of a text that is said twenty times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptlab.llm import catalog, tokens
from gptlab.llm.messages import Message, Request, Role
from gptlab.llm.model_facts import UNKNOWN

TIMES = 20
BESIDE = 2  # a token for the beginning, one for the space before the first word: they are the frame's
MEASURED = [
    ("Why does ice float on water, and what would happen if it sank to the bottom of the lake? ", 442),
    ("WHY DOES ICE FLOAT ON WATER? ", 282),
    ('    for number, part in enumerate(parts):\n        total += part["size"] // 3\n', 461),
    ("1729 3.14159 2026-11-26; ", 502),
    ("\n\n", 42),
    ("Pourquoi la glace flotte-t-elle sur l’eau, et qu’arriverait-il si elle coulait\u202f? ", 682),
    ("Buz neden suyun üzerinde yüzer ve batsaydı ne olurdu? ", 482),
    ("Tại sao băng nổi trên mặt nước, và nếu nó chìm thì sao? ", 802),
    ("Почему лёд плавает на воде и что было бы, если бы он тонул? ", 561),
    ("Γιατί ο πάγος επιπλέει στο νερό και τι θα γινόταν αν βυθιζόταν; ", 1282),
    ("لماذا يطفو الجليد على الماء، وماذا لو غرق إلى القاع؟ ", 962),
    ("बर्फ पानी पर क्यों तैरती है, और अगर वह डूब जाती तो क्या होता? ", 1322),
    ("பனிக்கட்டி ஏன் தண்ணீரில் மிதக்கிறது? ", 903),
    ("ทำไมน้ำแข็งถึงลอยบนน้ำ ", 542),
    ("为什么冰会浮在水面上？如果它沉下去会怎么样？", 682),
    ("なぜ氷は水に浮くのですか。もし沈んだらどうなるでしょうか。", 742),
    ("얼음은 왜 물에 뜨나요? 만약 가라앉는다면 어떻게 될까요? ", 1062),
    ("რატომ ცურავს ყინული წყალზე? ", 1022),
    ("በረዶ በውሃ ላይ ለምን ይንሳፈፋል? ", 1142),
    ("👩\u200d👩\u200d👧🎉🔥😀 ", 542),
]


@pytest.mark.parametrize(("text", "most"), MEASURED, ids=[str(n) for n in range(len(MEASURED))])
def test_no_tokenizer_makes_more_of_a_text(text, most):
    bound = tokens.count_text(text * TIMES, UNKNOWN)
    assert bound >= most - BESIDE
    assert bound <= most * 2.6


@given(st.text(max_size=200))
def test_it_is_never_less_than_what_is_counted_nor_more_than_the_bytes(text):
    assert tokens.count_text(text, "o200k_base") <= tokens.count_text(text, UNKNOWN) <= len(text.encode())


def test_a_keyless_servers_model_is_counted_so_unless_its_operator_knows(settings, tmp_path):
    assert catalog.model("attic-box", "llama").encoding == UNKNOWN
    assert catalog.model("demo", "demo-small").encoding != UNKNOWN
    path = tmp_path / "models.toml"
    path.write_text('[attic-box."qwen*"]\nencoding = "cl100k_base"\n')
    settings.MODELS_FILE = str(path)
    assert catalog.model("attic-box", "qwen-3").encoding == "cl100k_base"


def test_what_a_reply_took_is_estimated_and_not_bounded():
    messages = (Message(Role.USER, "WHY DOES ICE FLOAT? 1234567890"),)
    here = tokens.estimate(Request("openai", "gpt-4o", messages), "12345")
    assert tokens.estimate(Request("attic-box", "llama", messages), "12345") == here
