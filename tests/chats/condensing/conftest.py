"""A long coaching chat of alice's on a small window, and a model that says what a test wants."""

import uuid

import pytest
from django.utils import timezone

from accounts import relay
from chats import background, condensing
from chats.context import condensing_begins
from chats.models import Memory, Reply, Turn
from gptlab.llm import catalog
from gptlab.llm.messages import Completion, FinishReason, Usage
from tests.chats.conftest import NOW, make_assistant, visit_of
from tests.chats.talking import end, start, vault_of

WINDOW = 2_048
MODEL = "gpt-4.1-mini"


@pytest.fixture(autouse=True)
def small_window(settings, tmp_path):
    path = tmp_path / "models.toml"
    path.write_text(f'[openai."{MODEL}"]\ncontext_window = {WINDOW}\n')
    settings.MODELS_FILE = str(path)
    return catalog.model("openai", MODEL)


@pytest.fixture
def begins(small_window):
    return condensing_begins(window=WINDOW, budget=small_window.input_budget(300))


@pytest.fixture
def coach(db):
    assistant = make_assistant(name="Coach", session_type="coaching")
    assistant.active_version.summary_prompt = "Write what the learner found."
    assistant.active_version.save()
    return assistant


class Chat:
    """A session whose memory is over the mark, and what is done to it."""

    def __init__(self, user, visit, session, begins):
        self.user, self.visit, self.session, self.begins = user, visit, session, begins
        self.vault = vault_of(visit)
        self.credential = relay.Credential(user.pk, "openai", visit.api_key, visit.data_key)

    def grow(self, turns, words=60):
        """So many more turns, each with a fact of its own."""
        first = self.session.turn_count
        rows = Turn.objects.bulk_create(self._turn(number, words) for number in range(first, first + turns))
        Reply.objects.bulk_create(self._reply(turn) for turn in rows)
        self.session.turn_count = first + turns
        self.session.save()
        self.fill()

    def fill(self, tokens=None):
        values = {"tokens": tokens or self.begins + 100, "prompt_tokens": 60, "budget": 1_748, "since": 0, "begins": self.begins}
        Memory.objects.update_or_create(session=self.session, defaults=values)

    def ask(self, turn=None):
        last = self.session.turn_count - 1 if turn is None else turn
        place = {"session_id": self.session.pk, "turn": last}
        return condensing.ask_to_condense(**place, credential=self.credential, now=timezone.now())

    def condense(self):
        """Asked for and done; what is there then."""
        job_id = self.ask()
        assert job_id is not None
        condensing.condense(session_id=self.session.pk, job_id=job_id, now=timezone.now())
        return self.notes()

    def edit(self, text, digest_id=None):
        notes = self.notes()
        digest_id = digest_id or (str(notes.row.pk) if notes else "")
        condensing.edit(self.session, vault=self.vault, digest_id=digest_id, text=text)

    def notes(self):
        return condensing.notes_of(self.session, vault=self.vault)

    @property
    def memory(self):
        return Memory.objects.get(session=self.session)

    def _turn(self, number, words):
        sealed = self.vault.seal_turn(f"mine {number} " + "tea " * words, session_id=self.session.pk, turn=number)
        return Turn(session=self.session, number=number, sealed_text=sealed, created_at=NOW)

    def _reply(self, turn):
        text = f"theirs {turn.number} " + "milk " * 60
        sealed = self.vault.seal_reply(text, session_id=self.session.pk, turn=turn.number, variant=1)
        place = {"session": self.session, "turn": turn, "state": "done", "model": MODEL}
        return Reply(id=uuid.uuid4(), sealed_text=sealed, sent_at=NOW, created_at=NOW, **place)


@pytest.fixture
def chat(alice, coach, begins):
    visit = visit_of(alice)
    session = start(alice, visit, coach).session
    end(session.replies.get())
    chat = Chat(alice, visit, session, begins)
    chat.grow(12)
    return chat


class Model:
    """What the upstream says. `asked` has the text of each request."""

    def __init__(self):
        self.asked = []
        self.answer = "They drink tea."
        self.finish = FinishReason.STOP
        self.error = None
        self.meanwhile = lambda: None

    def ask(self, request, *, api_key):
        self.asked.append(request.messages)
        self.meanwhile()
        if self.error is not None:
            raise self.error
        return Completion(self.answer, self.finish, Usage(1, 1))


@pytest.fixture(autouse=True)
def model(monkeypatch):
    model = Model()
    monkeypatch.setattr(background, "ask", model.ask)
    return model
