"""The Lab over HTTP, without a script and as htmx asks."""

import io
import json
import re
from html import unescape

import pytest
from django.test import Client

from assistants import lab
from assistants.lab.fields import FIELDS
from assistants.models import Assistant, Draft, Version
from tests.assistants.lab.bench import MARKER, PROFILE, PROMPT, publish

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ODD = {"name": '<img src=x onerror="a">', "tagline": "👩‍🚀", "description": "مساعد", "tags": "</textarea>"}


def words(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_three_steps_without_a_script(alice, now):
    client = alice.client
    begun = client.post("/lab/new/")
    edit = begun["Location"]
    code = edit.split("/")[2]
    assert client.get(edit).status_code == 200
    assert client.post(edit, PROMPT | {"next": "publish"})["Location"] == f"/lab/{code}/publish/"
    assert client.get(f"/lab/{code}/publish/").status_code == 200
    done = client.post(f"/lab/{code}/publish/", PROFILE | {"next": "publish"})
    assert done["Location"] == f"/lab/{code}/?new"
    page = words(client.get(done["Location"]))
    assert "Seminar Sparring is on the shelf" in page
    assert f"http://testserver/assistants/{code}/" in page
    assert re.search(r"(\w{5}-){3}\w{5}", page)[0].replace("-", "") == code
    assert re.search(r"Seminar Sparring \w+ few : numbers of Seminar Sparring few v1 Revise", words(client.get("/lab/")))
    made = Assistant.objects.get()
    assert (made.code, made.active_version.initial_prompt) == (code, PROMPT["initial_prompt"])


@pytest.mark.parametrize(("beside", "shown"), [("compare", "Draft"), ("leak-check", "Leak check")])
def test_what_is_typed_is_kept_on_the_way_to_compare_or_check_it(alice, made, beside, shown):
    answer = alice.client.post(f"/lab/{made.code}/edit/", {"initial_prompt": "Say baa.", "next": beside})
    assert answer["Location"] == f"/lab/{made.code}/{beside}/"
    assert lab.typed(made)["initial_prompt"] == "Say baa."
    assert shown in words(alice.client.get(answer["Location"]))


def test_what_is_typed_is_kept_by_htmx_and_its_size_told(alice, draft):
    answer = alice.client.post(f"/lab/{draft.code}/edit/", {"initial_prompt": "three more words"}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Draft kept" in page
    assert "3 tokens" in words(answer)
    assert 'hx-target="#sliders"' not in page
    assert "HX-Request" in answer["Vary"]
    assert lab.typed(draft)["initial_prompt"] == "three more words"
    page = alice.client.post(f"/lab/{draft.code}/edit/", {"personality": "custom"}, headers=HTMX).content.decode()
    assert 'hx-target="#sliders"' in page
    assert "disabled" not in page.partition('id="sliders"')[2]


def test_sliders_are_locked_unless_custom_and_hidden_where_the_model_takes_none(alice, draft, now):
    address = f"/lab/{draft.code}/edit/"
    assert alice.client.get(address).content.decode().count('type="range"') == 4
    assert len(re.findall(r'type="range"[^>]*disabled', alice.client.get(address).content.decode())) == 4
    lab.keep(draft, {"personality": "custom"}, now=now)
    assert not re.findall(r'type="range"[^>]*disabled', alice.client.get(address).content.decode())
    lab.keep(draft, {"model": "gpt-6-luna"}, now=now)
    page = alice.client.get(address)
    assert 'type="range"' not in page.content.decode()
    assert "takes no such settings" in words(page)


def test_each_personality_says_what_it_is_good_for(alice, draft, now):
    for key, sentence in (("creative", "For ideas, stories and names"), ("coaching", "For talks that go on")):
        lab.keep(draft, {"personality": key}, now=now)
        assert sentence in words(alice.client.get(f"/lab/{draft.code}/edit/"))


def test_the_preview_follows_what_is_typed(alice, draft):
    answer = alice.client.post(f"/lab/{draft.code}/publish/", ODD, headers=HTMX)
    page = answer.content.decode()
    assert 'hx-target="#preview"' in page
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page
    assert "name=%3Cimg" in page
    picture = alice.client.get("/lab/avatar.svg", {"name": ODD["name"], "style": "sprouts"})
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize(
    ("step", "sent", "wrong"),
    [
        ("edit", {"initial_prompt": "x" * 33_000, "next": "trial"}, "initial_prompt"),
        ("edit", {"initial_prompt": "", "next": "publish"}, "initial_prompt"),
        ("edit", {"personality": "custom", "temperature": "99", "next": "trial"}, "temperature"),
        ("edit", {"model": "gpt-99", "next": "trial"}, "model"),
        ("edit", {"max_tokens": "1", "next": "trial"}, "max_tokens"),
        ("publish", ODD | {"tagline": "y" * 99, "next": "publish"}, "tagline"),
        ("publish", ODD | {"name": "", "next": "publish"}, "name"),
        ("publish", ODD | {"name": "a\x07b", "next": "publish"}, "name"),
        ("publish", ODD | {"visibility": "evil", "next": "publish"}, "visibility"),
    ],
    ids=range(9),
)
def test_what_is_unfit_is_said_beside_its_field_and_everything_stays(alice, draft, step, sent, wrong):
    answer = alice.client.post(f"/lab/{draft.code}/{step}/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="{wrong}_error">', page)
    assert page.count('_error">') == 1
    kept = lab.typed(draft)
    for name, value in sent.items():
        if name in FIELDS:
            assert kept[name] == value
            assert value in unescape(page)
    assert not Version.objects.exists()
    assert "<img src=x" not in page


def test_publishing_with_an_unfit_prompt_leads_back_to_it(alice, draft, now):
    lab.keep(draft, {"initial_prompt": ""}, now=now)
    answer = alice.client.post(f"/lab/{draft.code}/publish/", {"next": "publish"})
    assert answer.status_code == 422
    assert 'id="initial_prompt_error"' in answer.content.decode()
    assert not Version.objects.exists()


@pytest.mark.parametrize("wish", ["leave", "stay", ""])
def test_other_ways_out_keep_what_is_typed_without_a_look(alice, draft, wish):
    for step in ("edit", "publish"):
        answer = alice.client.post(f"/lab/{draft.code}/{step}/", {"name": "x" * 99, "initial_prompt": "", "next": wish})
        assert answer["Location"] == ("/lab/" if wish == "leave" else f"/lab/{draft.code}/{step}/")
    assert lab.typed(draft)["name"] == "x" * 99


def test_a_published_one_is_revised_rolled_back_and_compared(alice, made, now):
    address = f"/lab/{made.code}/"
    alice.client.post(f"{address}edit/", {"initial_prompt": "Entirely new words.", "next": "leave"})
    assert "Changes to version 1" in words(alice.client.get("/lab/"))
    assert alice.client.post(f"{address}publish/", {"note": "why", "next": "publish"})["Location"] == address
    page = words(alice.client.get(f"{address}versions/"))
    assert "Version 2 Live" in page
    assert "why" in page
    assert "Now: Entirely new words" in page
    assert f"Before: You are Sparring, {MARKER}" in page
    assert alice.client.post(f"{address}versions/1/use/").status_code == 302
    assert "Version 1 Live" in words(alice.client.get(f"{address}versions/"))
    alice.client.post(f"{address}versions/1/note/", {"note": "the better one"})
    assert "the better one" in words(alice.client.get(f"{address}versions/", {"from": "1", "to": "٣"}))


def test_retired_ones_stand_apart_and_come_back(alice, made):
    alice.client.post(f"/lab/{made.code}/retire/")
    assert "Retired" in words(alice.client.get("/lab/"))
    assert "Restore" in words(alice.client.get(f"/lab/{made.code}/"))
    alice.client.post(f"/lab/{made.code}/restore/")
    assert Assistant.objects.in_use().exists()


def test_a_file_goes_out_and_comes_in(alice, bob, made):
    file = alice.client.get(f"/lab/{made.code}/export/")
    assert re.fullmatch(r'attachment; filename="seminar-sparring-[\d-]{10}\.json"', file["Content-Disposition"])
    answer = bob.client.post("/lab/new/", {"file": io.BytesIO(file.content)})
    copy = Assistant.objects.get(creator=bob.user)
    assert answer["Location"] == f"/lab/{copy.code}/edit/"
    assert MARKER in bob.client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("sent", [{"file": io.BytesIO(b"{}")}, {"file": ""}], ids=["wrong", "none"])
def test_a_file_that_is_none_is_refused_at_its_field(alice, sent):
    answer = alice.client.post("/lab/new/", sent)
    assert answer.status_code == 422
    assert 'id="file_error"' in answer.content.decode()
    assert not Assistant.objects.exists()


def test_cloning_leads_to_a_draft_of_ones_own(alice, bob, made, now):
    assert bob.client.post(f"/lab/{made.code}/clone/").status_code == 404
    publish(made, alice.visit, now=now, openness="clonable")
    assert f"/lab/{made.code}/clone/" in bob.client.get(f"/assistants/{made.code}/").content.decode()
    assert bob.client.post(f"/lab/{made.code}/clone/").status_code == 302
    assert Draft.objects.get().assistant.creator == bob.user


def test_the_lab_of_a_newcomer_says_how_to_begin(bob, made):
    page = words(bob.client.get("/lab/"))
    assert "The bench is free" in page
    assert "Seminar Sparring" not in page


GOT = ["", "edit/", "publish/", "versions/", "trial/", "discard/", "export/"]
POSTED = ["edit/", "publish/", "trial/", "discard/", "versions/1/use/", "versions/1/note/", "retire/", "restore/", "clone/"]


@pytest.mark.parametrize("path", GOT)
def test_who_sees_what(alice, bob, made, now, path):
    """The prompt's marker is on no page that another sees, or nobody. A foreign one can't be told from a missing one."""
    lab.keep(made, {"initial_prompt": f"Draft {MARKER}"}, now=now)
    address = f"/lab/{made.code}/{path}"
    assert alice.client.get(address).status_code == 200
    foreign, stranger = bob.client.get(address), Client().get(address)
    missing = bob.client.get(address.replace(made.code, "0" * 20))
    assert (foreign.status_code, words(foreign)) == (missing.status_code, words(missing))
    assert (foreign.status_code, stranger.status_code) == (404, 302)
    for answer in (foreign, stranger, bob.client.get(f"/assistants/{made.code}/"), bob.client.get("/lounge/?q=Seminar")):
        assert MARKER not in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("path", POSTED)
def test_who_changes_what(bob, made, now, path, headers):
    lab.keep(made, {"initial_prompt": f"Draft {MARKER}"}, now=now)
    before = state()
    address = f"/lab/{made.code}/{path}"
    sent = {"initial_prompt": "Stolen", "name": "Stolen", "note": "x", "next": "publish"}
    foreign, stranger = bob.client.post(address, sent, headers=headers), Client().post(address, sent, headers=headers)
    assert (foreign.status_code, stranger.status_code) == (404, 401)
    assert state() == before
    for answer in (foreign, stranger):
        assert MARKER not in answer.content.decode()


def state():
    return [list(rows.order_by("pk").values()) for rows in (Assistant.objects, Version.objects, Draft.objects)]


@pytest.mark.parametrize("path", ["versions/1/use/", "versions/1/note/", "retire/", "restore/", "clone/"])
def test_what_changes_something_is_only_posted(alice, made, path):
    assert alice.client.get(f"/lab/{made.code}/{path}").status_code == 405


def test_the_exported_file_says_its_form(alice, made):
    content = json.loads(alice.client.get(f"/lab/{made.code}/export/").content)
    assert (content["format"], content["version"]) == ("gptlab-assistant", 1)


@pytest.mark.parametrize("step", ["edit", "publish"])
def test_what_goes_by_itself_and_comes_after_publishing_begins_no_draft(alice, draft, now, step):
    page = alice.client.get(f"/lab/{draft.code}/{step}/").content.decode()
    late = {"base": re.search(r'name="base"\s+value="(\d+)"', page)[1], "name": "Late", "initial_prompt": "Late."}
    publish(draft, alice.visit, now=now)
    answer = alice.client.post(f"/lab/{draft.code}/{step}/", late, headers=HTMX)
    assert answer.status_code == 409
    assert "Another version went live meanwhile" in words(answer)
    assert not Draft.objects.exists()
    page = alice.client.get(f"/lab/{draft.code}/{step}/").content.decode()
    fresh = late | {"base": re.search(r'name="base"\s+value="(\d+)"', page)[1]}
    assert alice.client.post(f"/lab/{draft.code}/{step}/", fresh, headers=HTMX).status_code == 200
    assert lab.typed(draft)["name"] == "Late"


def test_a_button_pressed_on_an_older_page_is_meant(alice, draft, now):
    publish(draft, alice.visit, now=now)
    alice.client.post(f"/lab/{draft.code}/edit/", {"base": "0", "initial_prompt": "Meant.", "next": "leave"})
    assert lab.typed(draft)["initial_prompt"] == "Meant."
