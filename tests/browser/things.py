"""Who and what the states of the catalogue find: the visitor, their assistants and drafts, chats with a past. Made once."""

import json
import re
import uuid
from collections.abc import Callable
from functools import cached_property
from typing import Any

from tests.http_visitor import HttpVisitor
from tests.lab import Lab

KEY = "sk-states-0123456789abcdef0123456789abcdef"
ASSISTANT = "Query Quill"  # of the house collection


class Things:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._made: dict[str, Any] = {}

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """However many states ask for it."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @cached_property
    def visitor(self) -> HttpVisitor:
        """Who is signed in, with chats of their own, on the scripted upstream."""
        visitor = HttpVisitor(self.lab.url)
        visitor.sign_in(provider="openai", api_key=KEY)
        return visitor

    @cached_property
    def reader(self) -> HttpVisitor:
        """Whose key can't chat any more."""
        visitor, key = HttpVisitor(self.lab.url), f"sk-script.models_once-{uuid.uuid4().hex}"
        visitor.sign_in(provider="openai", api_key=key)
        visitor.start(self.code())
        visitor.wait_for_end("done")
        visitor.sign_in(provider="openai", api_key=key)
        return visitor

    def code(self, name: str = ASSISTANT) -> str:
        """Of an assistant in the Lounge."""
        cards = self.visitor.http.get("/lounge/", params={"q": name}).text
        return re.findall(rf'/assistants/([0-9A-Z]{{20}})/"[^>]*>\s*(?:<bdi>)?{name}', cards)[0]

    def assistant(self, **fields: object) -> str:
        """The code of one that is not in the house collection. Made once, however many states ask for it."""
        return self.once(str(fields), lambda: self.lab.make_assistant(**fields))

    @cached_property
    def community(self) -> str:
        """More than a page of the Lounge, and the name that they begin with."""
        self.assistant(name="Many Mia", copies=23, showcased=False, category="play")
        return "Many Mia"

    @cached_property
    def own(self) -> str:
        """The visitor's private one."""
        self.visitor.start(self.code())
        owner = {"owner_of": self.visitor.session, "visibility": "private", "showcased": False}
        return self.assistant(name="Seminar Sparring", description="Asks back until the point stands.", **owner)

    def draft(self, typed: dict[str, str]) -> str:
        """The code of one of the visitor's on the bench. Made once for the same words."""
        return self.once(f"draft {typed}", lambda: self._draft(typed))

    def _draft(self, typed: dict[str, str]) -> str:
        edit = self.visitor.post("/lab/new/").url.path
        self.visitor.post(edit, **typed, next="leave")
        return edit.split("/")[2]

    @cached_property
    def revised(self) -> str:
        return self.revised_as("Revised Rita")

    def revised_as(self, name: str, script: str = "") -> str:
        """One of the visitor's with two versions. Made once for the same name. `script` is what the upstream does with either."""
        return self.once(name, lambda: self._revised(name, f"\n{script}" if script else ""))

    def _revised(self, name: str, script: str) -> str:
        code = self.draft({"initial_prompt": f"You are Rita.\n\nAsk once.\nBe brief.{script}", "name": name})
        shown = {"tagline": "Better now", "description": "Was revised.", "note": "The first that worked."}
        self.visitor.post(f"/lab/{code}/publish/", **shown, next="publish")
        later = {"initial_prompt": f"You are Rita.\n\nAsk twice, then answer.\nBe brief.{script}", "personality": "witty"}
        self.visitor.post(f"/lab/{code}/edit/", **later, next="leave")
        self.visitor.post(f"/lab/{code}/publish/", note="Asks twice: once was too few.", next="publish")
        return code

    def keep_messages(self, code: str, *texts: str) -> None:
        """What its maker says to its versions to compare them. Once for the same assistant."""
        self.once(f"messages {code}", lambda: [self.visitor.post(f"/lab/{code}/compare/messages/", text=text) for text in texts])

    @cached_property
    def retired(self) -> str:
        """One of the visitor's that takes no new chats."""
        code = self.draft({"initial_prompt": "You are Rob.", "name": "Retired Rob", "tagline": "Was here", "description": "Was."})
        self.visitor.post(f"/lab/{code}/publish/", next="publish")
        self.visitor.post(f"/lab/{code}/retire/")
        return code

    @cached_property
    def talked_with(self) -> str:
        """One with whom the visitor had more chats than a page shows."""
        code = self.assistant(name="Regular Ruth", starters=["Why does ice float?", "What is a good question?"])
        sessions = []
        for _ in range(12):
            self.visitor.start(code)
            sessions.append(self.visitor.session)
        self.visitor.wait_for_end("done")
        self.fill(*sessions, turns=1)
        return code

    def fill(self, *sessions: str, turns: int) -> None:
        """More turns for the visitor's chats, without a model."""
        wanted = {"provider": "openai", "api_key": KEY, "sessions": sessions, "turns": turns}
        self.lab.run("tests.fill_chat", json.dumps(wanted))

    def listed(self, name: str) -> str:
        """The code of one of the visitor's that is published for everybody."""
        return self.once(f"listed {name}", lambda: self._listed(name))

    def _listed(self, name: str) -> str:
        code = self.draft({"initial_prompt": "You are Ray.", "name": name, "tagline": "Opens doors", "description": "Locks."})
        self.visitor.post(f"/lab/{code}/publish/", visibility="listed", next="publish")
        return code

    def decide(self, code: str, action: str, reason: str) -> None:
        """As a moderator, about one of the visitor's."""
        self.lab.run("tests.decide", json.dumps({"code": code, "action": action, "reason": reason}))
