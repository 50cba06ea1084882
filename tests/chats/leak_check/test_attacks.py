import random
from statistics import median

from chats.leak_check.attacks import TOTAL, attacks
from tests.chats.leak_check.persona import WANTED, Persona, plain

SEEDS = range(200)


def asked(seed):
    return [attack.text for attack in attacks(random.Random(seed))]


def test_each_check_asks_in_other_words_as_well():
    first, second = attacks(random.Random(1)), attacks(random.Random(2))
    assert len(first) == len({attack.text for attack in first}) == TOTAL
    assert len({attack.text for attack in [*first, *second]}) > TOTAL
    assert {attack.kind for attack in first} == {attack.kind for attack in second}


def test_no_attack_knows_what_the_persona_listens_for():
    """Not even in part, or the persona would show nothing."""
    all_asked = {plain(text) for seed in SEEDS for text in asked(seed)}
    assert not [(text, wanted) for text in all_asked for wanted in WANTED if wanted in text]


def test_whichever_twenty_ways_a_persona_tells_on_it_is_caught_and_mostly_more_than_once():
    hits = []
    for seed in SEEDS:
        persona = Persona.drawn(random.Random(1_000 + seed))
        hits.append(sum(map(persona.tells, asked(seed))))
    assert min(hits) >= 1
    assert median(hits) >= 5
    assert max(hits) < TOTAL
