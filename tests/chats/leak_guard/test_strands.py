from chats.leak_guard.strands import Strand, matches

TEXT = "thequickbrownfoxjumpsoverthelazydog"
LENGTHS = (3, 5, 5, 3, 5, 4, 3, 4, 3)
NUMBERS = [number for number, length in enumerate(LENGTHS) for _ in range(length)]
STRAND = Strand(TEXT, NUMBERS, seed=6, anchor=4)


def found(view: str, *, fresh: int = 1000) -> set[int]:
    return {word for match in matches(view, STRAND, fresh=fresh) for word in match.words}


def test_only_whole_words_count():
    assert found("zzickbrownfoxjumzz") == {2, 3}


def test_a_match_begins_before_its_first_seed_and_goes_on_over_gaps():
    assert found("thequickbrownWOLFjumpsoverAthelazydog") == {0, 1, 2, 4, 5, 6, 7, 8}


def test_less_than_a_seed_is_nothing():
    assert found("zzbrownzz") == set()


def test_what_is_not_fresh_is_not_looked_at_again():
    assert found("quickbrownfoxzzzzzzzzzzzzzzzzzzzzz", fresh=5) == set()
    assert found("quickbrownfox", fresh=5) == {1, 2, 3}
