import pytest

from assistants.models import Version
from chats import comparing
from gptlab.errors import Invalid
from tests.chats.comparing.conftest import DRAFT, NEXT
from tests.chats.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_pair_has_one_order_wherever_its_sides_stand(kit):
    first, second = kit.versions.order_by("number")
    for left, right in (("1", "2"), ("2", "1")):
        pair = comparing.pair_of(kit, left=left, right=right, draft=None, now=NOW)
        assert (str(pair.left.number), str(pair.right.number)) == (left, right)
        assert pair.in_order == (first, second)


def test_a_draft_is_what_it_says_now(kit):
    pair = comparing.pair_of(kit, left="2", right="draft", draft=DRAFT, now=NOW)
    assert (pair.right.number, pair.right.initial_prompt) == (None, "Ask three times.")
    assert comparing.pair_of(kit, left="2", right="draft", draft=DRAFT, now=NOW).right == pair.right
    assert comparing.chosen(kit, left="draft", right="1", drafted=pair.right).left == pair.right
    assert comparing.chosen(kit, left="2", right="draft", drafted=None).in_order is None
    other = comparing.pair_of(kit, left="2", right="draft", draft=DRAFT | {"max_tokens": 301}, now=NOW)
    assert other.right != pair.right


@pytest.mark.parametrize(
    ("left", "right", "draft", "words"),
    [
        ("2", "2", None, "one and the same"),
        ("draft", "draft", DRAFT, "one and the same"),
        ("2", "draft", None, "can’t be run as it is"),
        ("2", "draft", NEXT, "says just what this version says"),
        ("draft", "2", NEXT, "says just what this version says"),
        ("2", "3", None, "no such version"),
        ("2", "", None, "no such version"),
        ("²", "1", None, "no such version"),
        ("2", "9" * 30, None, "no such version"),
    ],
)
def test_what_is_no_pair_is_refused(kit, left, right, draft, words):
    with pytest.raises(Invalid, match=words) as refused:
        comparing.pair_of(kit, left=left, right=right, draft=draft, now=NOW)
    assert refused.value.field == "pair"
    assert not Version.objects.filter(number=None).exists()


def test_another_assistants_version_is_none_of_this_ones(kit, sam):
    sam.add_version(now=NOW, **NEXT)
    sam.add_version(now=NOW, **DRAFT)
    with pytest.raises(Invalid):
        comparing.pair_of(kit, left="2", right="3", draft=None, now=NOW)
