from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Credential, User

from .conftest import ALICE_KEY

pytestmark = pytest.mark.django_db
PASSWORD = "a long password of mine"


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", PASSWORD)


@pytest.fixture
def admin(root: User) -> Client:
    client = Client()
    client.post("/admin/login/", {"username": "root", "password": PASSWORD})
    return client


@pytest.fixture
def visitor(sign_in: Any) -> Any:
    return sign_in()


def test_staff_sign_in_with_a_password_into_the_same_kind_of_session(admin: Client) -> None:
    assert admin.get("/admin/").status_code == 200
    assert len(admin.cookies["visit"].value) == 43
    admin.post("/admin/logout/")
    assert admin.get("/admin/").status_code == 302


def test_a_visitor_does_not_get_into_the_admin(client: Client) -> None:
    client.post("/sign-in/", {"provider": "openai", "api_key": ALICE_KEY})
    assert client.get("/admin/").status_code == 302


def test_no_page_shows_hash_salt_or_wrapped_key(admin: Client, visitor: Any) -> None:
    credential = Credential.objects.get()
    secrets = [credential.lookup_hash, credential.salt.hex(), credential.wrapped_data_key.hex(), repr(credential.salt)]
    pages = [
        reverse("admin:accounts_user_changelist"),
        reverse("admin:accounts_user_change", args=[visitor.user.pk]),
        reverse("admin:accounts_user_delete", args=[visitor.user.pk]),
        reverse("admin:accounts_user_history", args=[visitor.user.pk]),
    ]
    for page in pages:
        answer = admin.get(page)
        assert answer.status_code == 200
        assert str(visitor.user.pk)[:8] in answer.content.decode()
        assert not [secret for secret in secrets if secret in answer.content.decode()]


def test_of_a_visitor_only_active_can_be_changed(admin: Client, visitor: Any) -> None:
    page = reverse("admin:accounts_user_change", args=[visitor.user.pk])
    inline = {"credentials-TOTAL_FORMS": "1", "credentials-INITIAL_FORMS": "1", "credentials-0-id": str(visitor.credential.pk)}
    fields = {"is_staff": "on", "is_superuser": "on", "username": "mallory", "credentials-0-provider": "demo"}
    assert admin.post(page, {**inline, **fields}).status_code == 302
    visitor.user.refresh_from_db()
    assert visitor.user.is_active is False
    assert visitor.user.is_visitor
    assert not visitor.user.is_staff
    assert not visitor.user.is_superuser
    assert Credential.objects.get().provider == "openai"


def test_staff_are_made_with_a_name_and_a_good_password(admin: Client) -> None:
    page = reverse("admin:accounts_user_add")
    assert admin.get(page).status_code == 200
    weak = admin.post(page, {"username": "helper", "password1": "password", "password2": "password"})
    assert weak.status_code == 200
    assert admin.post(page, {"username": "helper", "password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    made = User.objects.get(username="helper")
    assert made.is_staff
    assert not made.is_superuser
    assert made.check_password(PASSWORD)
    assert admin.get(reverse("admin:accounts_user_change", args=[made.pk])).status_code == 200


def test_a_password_change_keeps_the_session_that_made_it(admin: Client) -> None:
    before = admin.cookies["visit"].value
    new = "another long password"
    answer = admin.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert answer.status_code == 302
    assert admin.cookies["visit"].value != before
    assert admin.get("/admin/").status_code == 200


def test_who_may_change_users_gives_nobody_rights_and_touches_no_superuser(root: User) -> None:
    mia = User(username="mia", is_staff=True)
    mia.set_password(PASSWORD)
    mia.save()
    mia.user_permissions.set(Permission.objects.filter(codename__in=("view_user", "change_user", "delete_user")))
    client = Client()
    client.force_login(mia)
    page = reverse("admin:accounts_user_change", args=[mia.pk])
    client.post(page, {"username": "mia", "is_active": "on", "is_staff": "on", "is_superuser": "on"})
    mia.refresh_from_db()
    assert not mia.is_superuser
    assert client.get(reverse("admin:auth_user_password_change", args=[root.pk])).status_code == 403
    assert client.post(reverse("admin:accounts_user_delete", args=[root.pk]), {"post": "yes"}).status_code == 403


def test_an_account_can_be_deleted_with_its_credentials(admin: Client, visitor: Any) -> None:
    admin.post(reverse("admin:accounts_user_delete", args=[visitor.user.pk]), {"post": "yes"})
    assert not Credential.objects.exists()


def test_it_is_searched_by_name_and_listed_without_one(admin: Client, visitor: Any) -> None:
    listed = admin.get(reverse("admin:accounts_user_changelist"), {"q": "root"}).content.decode()
    assert str(visitor.user) not in listed
    assert str(visitor.user) in admin.get(reverse("admin:accounts_user_changelist")).content.decode()


def test_guessing_a_password_is_limited_and_says_so(root: User) -> None:
    guesser = Client()
    answers = [guesser.post("/admin/login/", {"username": "root", "password": f"guess {n}"}) for n in range(11)]
    assert "correct user name" in answers[0].content.decode()
    assert "correct user name" not in answers[-1].content.decode()
    assert guesser.post("/admin/login/", {"username": "root", "password": PASSWORD}).status_code == 200
