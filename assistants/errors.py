"""Why an assistant that was asked for can't be talked to. The first two name the assistant: its page says which it is."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from gptlab.errors import Conflict, Gone, Missing

if TYPE_CHECKING:
    from assistants.models import Assistant


class Retired(Gone):
    """It takes no new chats."""

    code = "assistant_retired"

    def __init__(self, assistant: "Assistant") -> None:
        super().__init__(_("%(name)s was retired and takes no new chats. Past ones stay readable.") % {"name": assistant.name})
        self.assistant = assistant


class Suspended(Retired):
    """The moderators took it out of use."""

    code = "assistant_suspended"

    def __init__(self, assistant: "Assistant") -> None:
        super().__init__(assistant)
        words = _("%(name)s was suspended by the moderators: nothing more can be said to it. What was said stays readable.")
        self.args = (words % {"name": assistant.name},)


class Unfinished(Conflict):
    """It has no prompt or no model yet."""

    code = "assistant_unfinished"

    def __init__(self, assistant: "Assistant") -> None:
        super().__init__(_("%(name)s is not set up yet: its prompt or its model is missing.") % {"name": assistant.name})
        self.assistant = assistant


class UnknownCode(Missing):
    """No assistant has this code, or it is somebody else's private one: which of the two is never told."""

    code = "unknown_assistant"

    def __init__(self) -> None:
        super().__init__(_("Nobody answers to this code. A letter may be off, or part of it is missing."))
