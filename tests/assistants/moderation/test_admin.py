import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import AuditEntry, User
from assistants.codes import grouped
from assistants.models import Appeal, Assistant, Decision, Report, Screening
from assistants.moderation import appeal, decide, weigh

pytestmark = pytest.mark.django_db
LIST, QUEUE = "/admin/assistants/assistant/", "/admin/assistants/queuedassistant/"
PROMPT = "Zebrafinkenmarker"


def moderator(*codenames):
    user = User(username=f"mo{User.objects.count()}", is_staff=True)
    user.set_password("a long password")
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames, content_type__app_label="assistants"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def staff(client):
    client.force_login(moderator("view_assistant", "change_assistant", "view_appeal", "change_appeal", "view_report"))
    return client


@pytest.fixture
def ann(make_assistant, alice):
    return make_assistant(name="Ann", creator=alice, prompt=PROMPT)


def ask(client, action, *assistants, address=LIST):
    return client.post(address, {"action": action, "_selected_action": [each.pk for each in assistants]})


def decided(client, action, *assistants, reason, back=LIST):
    told = {"action": action, "ids": ",".join(str(each.pk) for each in assistants), "reason": reason, "back": back}
    return client.post("/admin/assistants/assistant/decide/", told, follow=True)


def report(assistant, reporter, now, reason="harmful"):
    Report.objects.create(assistant=assistant, reporter=reporter, reason=reason, words="It picks locks.", created_at=now)
    weigh([assistant.pk])


@pytest.mark.parametrize("address", [LIST, QUEUE])
def test_a_decision_asks_for_its_reason_first(staff, ann, bob, now, address):
    report(ann, bob, now)
    asked = ask(staff, "suspended", ann, address=address).content.decode()
    assert "Suspend" in asked
    assert f'name="ids" value="{ann.pk}"' in asked
    assert Assistant.objects.get().standing == "free"
    refused = decided(staff, "suspended", ann, reason=" ")
    assert refused.status_code == 422
    assert "Give a reason" in refused.content.decode()
    long = decided(staff, "suspended", ann, reason="y" * 1_001)
    assert long.status_code == 422
    assert "y" * 1_001 in long.content.decode()
    done = decided(staff, "suspended", ann, reason="It <b>picks</b> locks.", back=address)
    assert done.redirect_chain == [(address, 302)]
    assert "1 decision was made." in done.content.decode()
    assert Decision.objects.get().reason == "It <b>picks</b> locks."
    assert Assistant.objects.get().standing == "suspended"


def test_as_many_as_a_list_shows_are_decided_at_once(staff, make_assistant):
    assistants = [make_assistant() for _n in range(120)]
    unlisted = make_assistant(visibility="unlisted")
    shown = staff.get(LIST).content.decode().count('name="_selected_action"')
    asked = ask(staff, "showcased", *assistants[:shown])
    assert asked.status_code == 200
    page = decided(staff, "showcased", *assistants, unlisted, reason="").content.decode()
    assert "120 decisions were made." in page
    assert "For 1 there was nothing to decide" in page


def test_all_across_the_pages_can_be_chosen(staff, make_assistant):
    for _n in range(60):
        make_assistant()
    first = Assistant.objects.first()
    chosen = {"action": "unlisted", "_selected_action": [first.pk], "select_across": "1"}
    page = staff.post(LIST, chosen).content.decode()
    assert "60 chosen" in page
    assert "And 10 more." in page


def test_a_decision_leads_back_to_no_other_place(staff, ann):
    answer = decided(staff, "unlisted", ann, reason="No.", back="https://example.org/")
    assert answer.redirect_chain == [(QUEUE, 302)]


def test_who_may_only_look_decides_nothing(client, ann):
    client.force_login(moderator("view_assistant"))
    assert decided(client, "suspended", ann, reason="No.").status_code == 403
    assert Assistant.objects.get().standing == "free"
    assert "Suspend" not in client.get(reverse("admin:assistants_assistant_change", args=[ann.pk])).content.decode()


def test_the_queue_has_the_most_urgent_first_and_says_why(staff, make_assistant, alice, bob, now):
    spam, calm = make_assistant(name="Spam"), make_assistant(name="Calm")
    harm, held = make_assistant(name="Harm"), make_assistant(name="Held", standing="held")
    report(spam, alice, now, "spam")
    report(harm, alice, now)
    report(harm, bob, now)
    Screening.objects.create(assistant=held, words_found=2, categories=["violence"], made_at=now)
    weigh([held.pk])
    page = staff.get(QUEUE).content.decode()
    assert re.findall(r"<bdi>(\w+)</bdi>", page) == ["Held", "Harm", "Spam"]
    assert calm.name not in page
    for words in ("Harmful or dangerous × 2", "2 words of the list", "violence"):
        assert words in page
    assert str(bob.pk)[:8] not in page


def test_the_queue_takes_the_same_queries_for_one_and_for_many(staff, make_assistant, alice, now, django_assert_num_queries):
    def queries():
        with django_assert_num_queries(100, exact=False) as caught:
            staff.get(QUEUE)
        return len(caught.captured_queries)

    report(make_assistant(), alice, now)
    few = queries()
    for _n in range(10):
        report(make_assistant(), alice, now)
    assert queries() == few


def test_the_queue_leads_to_the_assistant(staff, ann):
    answer = staff.get(f"{QUEUE}{ann.pk}/change/")
    assert answer["Location"] == reverse("admin:assistants_assistant_change", args=[ann.pk])


def test_it_is_searched_by_name_code_and_the_makers_short_id(staff, ann, make_assistant, alice):
    make_assistant(name="Bea")
    for query in ("ann", ann.code.lower(), grouped(ann.code), str(alice.pk)[:8]):
        page = staff.get(LIST, {"q": query}).content.decode()
        assert ">Ann<" in page
        assert ">Bea<" not in page


def prompts(client, assistant):
    return client.post(reverse("admin:assistants_assistant_prompts", args=[assistant.pk]))


def test_a_prompt_is_read_with_a_permission_of_its_own_and_leaves_an_entry(client, ann):
    reader = moderator("view_assistant", "read_prompt")
    client.force_login(reader)
    page = client.get(reverse("admin:assistants_assistant_change", args=[ann.pk])).content.decode()
    assert "Read the prompts" in page
    assert PROMPT not in page
    answer = prompts(client, ann)
    assert PROMPT in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (reader.username, "read prompt", f"assistant {ann.code}")
    assert PROMPT not in entry.detail


def test_without_it_no_prompt_is_read_and_no_entry_made(staff, ann):
    assert prompts(staff, ann).status_code == 403
    assert "Read the prompts" not in staff.get(reverse("admin:assistants_assistant_change", args=[ann.pk])).content.decode()
    assert not AuditEntry.objects.exists()


def test_no_link_reads_a_prompt(client, ann):
    client.force_login(moderator("view_assistant", "read_prompt"))
    assert client.get(reverse("admin:assistants_assistant_prompts", args=[ann.pk])).status_code == 405
    assert not AuditEntry.objects.exists()


def test_texts_of_others_are_not_changed_here(staff, ann):
    staff.post(reverse("admin:assistants_assistant_change", args=[ann.pk]), {"name": "Bob", "visibility": "private"})
    ann.refresh_from_db()
    assert (ann.name, ann.visibility) == ("Ann", "listed")


@pytest.mark.parametrize(("button", "standing"), [("_grant", "free"), ("_deny", "suspended")])
def test_an_appeal_is_answered(staff, ann, alice, now, button, standing):
    root = User.objects.create_superuser("root", "a long password")
    decide([ann.pk], action=Decision.Action.SUSPENDED, reason="Because.", by=root, now=now)
    made = appeal(user=alice, decision_id=Decision.objects.get().pk, words="It is a joke.", now=now)
    assert "an appeal" in staff.get(QUEUE).content.decode()
    page = staff.get(reverse("admin:assistants_appeal_change", args=[made.pk])).content.decode()
    assert "It is a joke." in page
    address = reverse("admin:assistants_appeal_change", args=[made.pk])
    assert "This field is required" in staff.post(address, {"answer": "", button: "x"}).content.decode()
    staff.post(address, {"answer": "We looked.", button: "x"})
    ann.refresh_from_db()
    made.refresh_from_db()
    assert (ann.standing, made.answer, made.granted) == (standing, "We looked.", button == "_grant")
    staff.post(address, {"answer": "Changed.", "_grant": "x"})
    assert Appeal.objects.get().answer == "We looked."


def test_nobody_adds_changes_or_deletes_what_was_decided(client, ann, now):
    root = User.objects.create_superuser("root", "a long password")
    decide([ann.pk], action=Decision.Action.SUSPENDED, reason="Because.", by=root, now=now)
    client.force_login(root)
    for name, pk in (("assistants_decision", Decision.objects.get().pk), ("accounts_auditentry", AuditEntry.objects.get().pk)):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:{name}_change", args=[pk])).status_code == 200
        assert client.get(reverse(f"admin:{name}_add")).status_code == 403
        assert client.post(reverse(f"admin:{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403
        assert client.post(reverse(f"admin:{name}_change", args=[pk]), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("path", "lookup"),
    [
        ("assistants/report", "reporter__id__startswith"),
        ("assistants/assistant", "reports__reporter__id__startswith"),
        ("assistants/queuedassistant", "reports__reporter__id__startswith"),
        ("assistants/assistant", "favourites__user__id__startswith"),
        ("assistants/decision", "assistant__reports__reporter__id__startswith"),
        ("assistants/appeal", "decision__assistant__reports__reporter__id__startswith"),
        ("accounts/user", "credentials__lookup_hash__startswith"),
    ],
)
def test_nothing_is_told_by_what_is_typed_into_an_address(client, ann, bob, now, path, lookup):
    report(ann, bob, now)
    client.force_login(User.objects.create_superuser("root", "a long password"))
    assert client.get(f"/admin/{path}/?{lookup}=a").status_code == 400
    assert client.get("/admin/assistants/assistant/?standing__exact=free&is_active__exact=1").status_code == 200
    assert client.get("/admin/assistants/report/?open=all&reason__exact=spam").status_code == 200


def test_what_belongs_to_an_assistant_is_shown_to_who_may_see_it(client, ann, bob, now, django_assert_max_num_queries):
    for _n in range(10):
        report(ann, User.objects.create_visitor(terms_version="t", now=now), now)
    address = reverse("admin:assistants_assistant_change", args=[ann.pk])
    client.force_login(moderator("view_assistant"))
    assert "It picks locks." not in client.get(address).content.decode()
    client.force_login(moderator("view_assistant", "view_report"))
    with django_assert_max_num_queries(25):
        page = client.get(address).content.decode()
    assert page.count("It picks locks.") == 10


def test_an_appeal_against_a_ban_is_in_the_queue(staff, ann, alice, now):
    root = User.objects.create_superuser("root", "a long password")
    decide([ann.pk], action=Decision.Action.BANNED, reason="Because.", by=root, now=now)
    assert "an appeal" not in staff.get(QUEUE).content.decode()
    appeal(user=alice, decision_id=Decision.objects.get(part_of=None).pk, words="Please.", now=now)
    assert "an appeal against a ban" in staff.get(QUEUE).content.decode()


def test_who_closes_reports_leaves_an_entry(client, ann, bob, now):
    report(ann, bob, now)
    client.force_login(moderator("view_report", "change_report"))
    client.post("/admin/assistants/report/", {"action": "close", "_selected_action": [Report.objects.get().pk]})
    assert Report.objects.get().closed_at
    assert AuditEntry.objects.get().action == "closed reports"


def test_what_an_account_made_is_nobodys_when_it_goes(client, ann, make_assistant):
    client.force_login(User.objects.create_superuser("root", "a long password"))
    decide([ann.pk], action=Decision.Action.UNLISTED, reason="No.", by=User.objects.get(username="root"), now=ann.created_at)
    answer = client.post(reverse("admin:accounts_user_delete", args=[ann.creator_id]), {"post": "yes"})
    assert answer.status_code == 302
    ann.refresh_from_db()
    assert (ann.creator, ann.is_house, ann.is_active, ann.visibility) == (None, False, False, "private")
    assert Decision.objects.count() == 1
    assert AuditEntry.objects.filter(action="admin: deleted").exists()
