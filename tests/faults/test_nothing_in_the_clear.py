"""Whoever gets hold of database, Redis and logs reads neither keys nor chats, during a chat or after it.

One story is played on real processes and everything is collected that is not in a visitor's browser, at four moments.
"""

import base64
import json
from dataclasses import dataclass, field

import pytest
from django.conf import settings

from tests.accounts.secrecy import forms
from tests.fakes.upstream import Upstream
from tests.faults.evidence import Evidence, Monitor, values
from tests.faults.offline import Offline
from tests.http_visitor import HttpVisitor
from tests.lab import Lab, wait_until

pytestmark = pytest.mark.faults

KEY = "sk-proj-Zimtapfelquittenmus-4711-9f8e7d6c5b4a"
REFUSED_KEY = "sk-script.leaky.401-Kirschkernkissenbezug-1"
SAID = "Rhabarberbarbara-Bratapfel"
REPLIED = SAID[::-1]
PROMPT = "Holunderbluetensirup-Geheimnis"
SECRETS = {"API key": KEY, "refused key": REFUSED_KEY, "message": SAID, "reply": REPLIED, "secret prompt": PROMPT}


@dataclass
class Story:
    evidence: Evidence
    told: bytes
    secrets: dict[str, str]
    data_key: bytes = b""
    offline: dict[str, Offline] = field(default_factory=dict)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder, copies = tmp_path_factory.mktemp("story"), tmp_path_factory.mktemp("copies")
    with Upstream() as upstream, Lab(folder / "data", OPENAI_BASE_URL=upstream.base_url, LOG_LEVEL="DEBUG") as lab:
        evidence, monitor, alice = Evidence(lab), Monitor(lab.data), HttpVisitor(lab.url)
        be_refused(alice)
        alice.sign_in(provider="openai", api_key=KEY)
        alice.start(lab.make_assistant(name="Confidential Cora", prompt=f"You are Cora. {PROMPT}"))
        alice.wait_for_end("done")
        follower = alice.follow(alice.say(f"[[script=backwards:10]] {SAID}"))
        follower.has_seen(REPLIED)
        evidence.gather("while streaming", copies)
        assert not follower.bubble.done
        follower.end()
        assert alice.wait_for_end("done")["text"].startswith(REPLIED)
        go_wrong(alice)
        keep_a_message(alice)
        evidence.gather("after the chat", copies)
        alice.sign_out()
        evidence.gather("signed out", copies)
        lab.stop()
        evidence.gather_files("stopped", copies)
        evidence.found["what the lab said"] = lab.said.encode()
        evidence.found["MONITOR"] = monitor.as_told
        evidence.found["MONITOR, unescaped"] = monitor.as_meant
        assert KEY in str([call["headers"] for call in upstream.sent])  # it was in use all the time
        assert all(word in str([call["body"] for call in upstream.sent]) for word in (PROMPT, SAID))
    return Story(evidence=evidence, told=monitor.as_meant, secrets=Offline.secrets_of(lab.data))


def be_refused(visitor):
    """Mistakes at the door: each is answered, and none may be written down."""
    for wrong in (f"Bearer {KEY}", f"{KEY} {KEY}", f"{KEY}\n{KEY}", KEY + "x" * 20_000, REFUSED_KEY):
        answer = visitor.post("/sign-in/", provider="openai", api_key=wrong)
        assert "visit" not in visitor.http.cookies, answer.status_code
    visitor.post("/sign-in/", provider=KEY, api_key=KEY)


def go_wrong(visitor):
    """An upstream that repeats key and prompt in its errors, messages that are too long, forms that are too old."""
    for code in ("400", "401", "500"):
        visitor.say(f"[[script=leaky:{code}]] {SAID}")
        visitor.wait_for_end("failed")
    assert visitor.post(f"/chats/{visitor.session}/say/", text=SAID * 5000, client_id="0" * 32).status_code == 422
    assert visitor.http.post(f"/chats/{visitor.session}/say/", data={"text": SAID}).status_code == 403
    assert visitor.post(f"/chats/{visitor.session}/say/", text=SAID, client_id=SAID).status_code == 422


def keep_a_message(visitor):
    """That versions of an assistant are compared with."""
    place = visitor.post("/lab/new/").url.path.removesuffix("edit/")
    visitor.post(f"{place}edit/", initial_prompt=f"You are Cora. {PROMPT}", next="leave")
    assert SAID in visitor.post(f"{place}compare/messages/", text=SAID).text
    assert visitor.post(f"{place}compare/messages/", text=SAID * 5000).status_code == 422


@pytest.mark.parametrize("name", SECRETS)
def test_no_trace_of(story, name):
    assert traces(story.evidence.found, SECRETS[name].encode()) == []


def traces(found, secret):
    return [(place, form) for place, content in found.items() for form, written in forms(secret).items() if written in content]


def test_no_trace_of_the_data_key_that_opens_all_chats(story):
    data_key = Offline.of(story, "after the chat").data_key_of(KEY)
    assert traces(story.evidence.found, data_key) == []


def test_everything_was_looked_at(story):
    """A scan of nothing finds nothing."""
    places = " ".join(story.evidence.found)
    for expected in ("gptlab.sqlite3", "gptlab.sqlite3-wal", "gptlab.sqlite3-shm", "logs/web.log", "logs/worker.log"):
        assert f"while streaming: file {expected}" in places
    for expected in ("redis visit:", "redis relay:reply:", "redis live:", "process web", "process worker"):
        assert f"while streaming: {expected}" in places
    for command in (b'"XADD"', b'"SET" "relay:reply:', b'"LPUSH" "celery"', b'"GETEX" "visit:'):
        assert command.lower() in story.evidence.found["MONITOR"].lower()


PLANTED = b"Pflaumenaugust-Marzipan"


@pytest.mark.parametrize(
    "written",
    [
        PLANTED,
        b"{'key': '" + PLANTED + b"'}",
        PLANTED.hex().encode(),
        PLANTED.hex().upper().encode(),
        PLANTED.decode().encode("utf-16-le"),
        PLANTED.decode().encode("utf-16-be"),
        *[base64.b64encode(b"\xff\xfb"[:shift] + PLANTED + b"\xff\xff") for shift in range(3)],
        *[base64.urlsafe_b64encode(b"\xff\xfb"[:shift] + PLANTED + b"\xff\xff") for shift in range(3)],
        base64.b64encode(json.dumps({"text": PLANTED.decode()}).encode()),
    ],
)
@pytest.mark.parametrize("place", ["file", "redis", "MONITOR"])
def test_the_search_finds_what_is_planted(tmp_path_factory, redis_server, place, written):
    """The control: in each form, in a file, in a value of Redis, and in what Redis was told."""
    content = {"file": lambda _server, written: written, "redis": in_redis, "MONITOR": told}[place](redis_server, written)
    assert traces({place: b"before " + content + b" after"}, PLANTED) != []


def in_redis(server, written):
    server.xadd("stream", {b"d": b"\0\1" + written})
    return b"".join(values(server, b"stream"))


def told(server, written):
    monitor = Monitor(settings.DATA)
    server.set("key", b"\0\1" + written)
    server.set("the end", b"1")
    wait_until(lambda: b"the end" in monitor.as_told, 20, "MONITOR says nothing")
    return monitor.as_meant


MOMENTS = ["while streaming", "after the chat", "signed out"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_with_all_dumps_and_all_server_secrets_no_visit_no_data_key_and_no_row_opens(story, moment):
    offline = Offline.of(story, moment)
    assert offline.count("turn") >= 1
    assert offline.count("reply") >= 1
    assert offline.count("saved message") == (moment != "while streaming")
    assert offline.count("wrapped data key") == 1
    assert (offline.count("visit") >= 1, offline.count("live entry") >= 1) == (moment != "signed out", True)
    assert offline.opened(except_kinds={"relay", "prompt"}) == []


def test_a_secret_prompt_opens_with_the_servers_prompt_keys_only(story):
    """The operator's own: it must reach the upstream without anybody signed in."""
    offline = Offline.of(story, "signed out")
    assert {kind for kind, _ in offline.opened()} == {"prompt"}
    without = {name: value for name, value in story.secrets.items() if name != "PROMPT_KEYS"}
    assert Offline(story.evidence.database["signed out"], {}, without).opened() == []


def test_with_the_servers_secrets_a_present_relay_entry_opens_and_a_finished_one_is_gone(story):
    """The limit that the privacy page states: who holds the live machine's secrets and its Redis reads present visitors."""
    present = Offline.of(story, "while streaming").opened(except_kinds={"prompt"})
    assert [kind for kind, _ in present] == ["relay"]
    assert KEY in present[0][1].decode()
    for moment in ("after the chat", "signed out"):
        assert Offline.of(story, moment).count("relay") == 0


def test_with_the_api_key_the_same_attempt_opens_all(story):
    """The control of the attempt: it tries the right keys in the right places, it only lacks the visitor's."""
    offline = Offline.of(story, "after the chat")
    opened = offline.opened(also=[offline.data_key_of(KEY)], except_kinds={"prompt"})
    texts = b" ".join(plain for _, plain in opened)
    assert (SAID.encode() in texts, REPLIED.encode() in texts) == (True, True)
    for kind in ("turn", "reply", "saved message", "live entry"):
        assert sum(found == kind for found, _ in opened) == offline.count(kind)
