import pytest
from django.db import IntegrityError

from accounts.models import User

from .conftest import NOW


@pytest.mark.django_db
def test_a_visitor_has_no_name_and_no_password() -> None:
    user = User.objects.create_visitor(terms_version="1", now=NOW)
    user.refresh_from_db()
    assert (user.username, user.is_visitor, user.is_staff, user.created_at, user.terms_version) == (None, True, False, NOW, "1")
    assert not user.has_usable_password()


@pytest.mark.django_db
def test_many_visitors_have_no_name() -> None:
    for _i in range(2):
        User.objects.create_visitor(terms_version="1", now=NOW)
    assert User.objects.filter(username=None).count() == 2


@pytest.mark.django_db
def test_a_superuser_signs_in_with_a_password() -> None:
    User.objects.create_superuser("root", "a long password of mine")
    user = User.objects.get_by_natural_key("root")
    assert user.is_staff
    assert user.is_superuser
    assert not user.is_visitor
    assert user.check_password("a long password of mine")


@pytest.mark.django_db
@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_a_visitor_can_not_become_staff(right: str) -> None:
    user = User.objects.create_visitor(terms_version="1", now=NOW)
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=user.pk).update(**{right: True})


def test_a_visitor_is_shown_by_a_piece_of_the_id() -> None:
    user = User()
    assert str(user) == f"visitor {str(user.id)[:8]}"
    assert str(User(username="staff")) == "staff"
