"""An assistant on the bench: its versions and its draft, and all that the page knows on which two of them are compared."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from assistants import lab
from assistants.models import Assistant, Draft, Version
from assistants.views.steps import fit_to_tell, prompt_context
from chats import comparing
from chats.comparing import DRAFT, Compared, Pair, Saved, Tally
from chats.models import SAVED_MOST
from chats.views.compared import Choice, ShownMessage, ShownSide, ShownTally
from chats.views.showing import show_exchanges
from gptlab.llm import catalog


class Bench:
    """An assistant with its versions and its draft, as one page compares them."""

    def __init__(self, user: User, visit: Visit, assistant: Assistant) -> None:
        self.user, self.visit, self.assistant = user, visit, assistant
        self.has_draft = Draft.objects.filter(assistant=assistant).exists()
        self.numbers = lab.numbers(assistant)
        self.here = reverse("chats:compare", args=[assistant.code])

    @cached_property
    def draft(self) -> dict[str, Any] | None:
        """What it tells, None if it is not fit. Looked at only where it matters: its prompt is counted for that."""
        if not self.has_draft:
            return None
        form = prompt_context(self.assistant, self.visit, is_checked=True)["form"]
        return fit_to_tell(self.assistant, form) if form.is_valid() else None

    @cached_property
    def _drafted(self) -> Version | None:
        """The version that says what the draft says now, if that was ever tried."""
        return lab.tried(self.assistant, told=self.draft) if self.draft is not None else None

    @property
    def keys(self) -> list[str]:
        return [*([DRAFT] if self.has_draft else []), *map(str, self.numbers)]

    @property
    def usual(self) -> Choice:
        """The live version against what is newest beside it."""
        live = str(lab.live_number(self.assistant))
        newest = next((key for key in self.keys if key != live), "")
        is_older = newest.isdecimal() and int(newest) < int(live)
        return Choice(newest, live) if is_older else Choice(live, newest)

    def shown(self, values: Mapping[str, str]) -> Choice:
        """What an address asks for, as far as there is such a thing."""
        known = {name: value for name, value in values.items() if name == "blind" or value in self.keys}
        return Choice.of(known, self.usual)

    def context(self, choice: Choice, *, only: Collection[UUID] | None = None, **more: Any) -> dict[str, Any]:
        """`only`: the messages that are shown, where not all are."""
        pair = comparing.chosen(self.assistant, left=choice.left, right=choice.right, drafted=self._drafted_for(choice))
        saved = comparing.saved_messages(user=self.user, visit=self.visit, assistant=self.assistant)
        shown = [each for each in saved if only is None or each.id in only]
        return more | {
            "assistant": self.assistant,
            "here": self.here,
            "choice": choice,
            "options": [(key, self._name_of(key)) for key in self.keys],
            "live_key": str(lab.live_number(self.assistant)),
            "can_compare": len(self.keys) > 1,
            "instead": self._models_instead(pair, choice),
            "draft_is_new": self.has_draft and DRAFT in (choice.left, choice.right) and pair.in_order is None,
            "draft_is_unfit": bool(more.get("error")) and self.has_draft and self.draft is None,
            "shown": self._messages(shown, pair, editing=more.get("editing")),
            "count": len(saved),
            "runnable": sum(not each.damaged for each in saved),
            "replies": 2 * sum(not each.damaged for each in saved),
            "is_running": comparing.is_running(user=self.user, assistant=self.assistant),
            "most": SAVED_MOST,
            "tally": self._tally(pair, choice),
            "tallies": [self._shown(tally) for tally in comparing.tallies(self.assistant)],
        }

    def _messages(self, saved: list[Saved], pair: Pair, *, editing: ShownMessage | None) -> list[ShownMessage]:
        """What is being edited stands as it was typed."""
        found = comparing.compared(pair=pair, visit=self.visit, messages=[each.id for each in saved])
        sides = self._sides(list(found.values()))
        shown = [ShownMessage(each, found.get(each.id), sides.get(each.id, ())) for each in saved]
        return [each.edited(editing) for each in shown]

    def _sides(self, found: list[Compared]) -> dict[UUID | None, tuple[ShownSide, ...]]:
        """By message."""
        exchanges = show_exchanges([side.exchange for each in found for side in each.sides], visit=self.visit)
        replies = {exchange.reply.row.session_id: exchange.reply for exchange in exchanges if exchange.reply is not None}
        return {
            each.row.message_id: tuple(
                ShownSide(name, replies[side.session_id], side.session_id, each.better == side.session_id)
                for name, side in zip(self._names(each), each.sides, strict=True)
            )
            for each in found
        }

    def _names(self, compared: Compared) -> tuple[str, ...]:
        return ("A", "B") if compared.hides_names else tuple(self._name(side.version) for side in compared.sides)

    def choice_of(self, compared: Compared) -> Choice:
        left, right = (self._key(side.version) for side in compared.sides)
        if compared.row.is_blind:  # its order tells nothing, and may not
            left, right = self._key(compared.row.first), self._key(compared.row.second)
        return Choice(left, right, compared.row.is_blind)

    def _drafted_for(self, choice: Choice) -> Version | None:
        return self._drafted if DRAFT in (choice.left, choice.right) else None

    def _tally(self, pair: Pair, choice: Choice) -> ShownTally | None:
        counts = comparing.tally_of(pair)
        return ShownTally(self._name_of(choice.left), self._name_of(choice.right), choice.query, counts) if counts else None

    def _shown(self, tally: Tally) -> ShownTally:
        """A draft that reads otherwise by now can't be shown any more."""
        is_there = all(version.number or version == self._drafted for version in (tally.left, tally.right))
        query = Choice(self._key(tally.left), self._key(tally.right)).query if is_there else ""
        return ShownTally(self._name(tally.left), self._name(tally.right), query, tally)

    def _models_instead(self, pair: Pair, choice: Choice) -> list[tuple[str, str, str]]:
        """Sides whose model the key can't use: their name, that model, and the one that answers."""
        found = []
        for key, version in ((choice.left, pair.left), (choice.right, pair.right)):
            wanted = version.model if version is not None else self.draft["model"] if key == DRAFT and self.draft else ""
            used = catalog.choose(self.visit.provider, wanted, self.visit.models)
            found += [(self._name_of(key), wanted, used)] if wanted and used != wanted else []
        return found

    def _key(self, version: Version) -> str:
        return DRAFT if version.number is None else str(version.number)

    def _name(self, version: Version) -> str:
        if version.number is None and version != self._drafted:
            return _("An earlier draft")
        return self._name_of(self._key(version))

    def _name_of(self, key: str) -> str:
        return _("Draft") if key == DRAFT else _("Version %(number)s") % {"number": key}
