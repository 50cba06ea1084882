"""What a conversation refuses, in words that say what to do."""

from gptlab.errors import Conflict, Invalid


class Busy(Conflict):
    """A reply of this session is still being written."""

    code = "busy"


class SessionOver(Conflict):
    """The session takes no more turns."""

    code = "session_over"


class ClientIdReused(Conflict):
    """The same form was sent twice, with different words."""

    code = "client_id_reused"


class CannotChat(Conflict):
    """The provider does not take this visit's key any more: it reads and exports only."""

    code = "key_rejected"


class NothingToRetry(Conflict):
    code = "nothing_to_retry"


class NothingToRegenerate(Conflict):
    code = "nothing_to_regenerate"


class NothingToEdit(Conflict):
    code = "nothing_to_edit"


class NothingToChoose(Conflict):
    code = "nothing_to_choose"


class NothingToFork(Conflict):
    code = "nothing_to_fork"


class TooShort(Conflict):
    """Too little was said for a recap."""

    code = "too_short"


class UnfitMessage(Invalid):
    """Empty or too large."""

    code = "unfit_message"


class UnfitTranscript(Invalid):
    """A file that is no transcript, or one that can't become a chat."""

    code = "unfit_transcript"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="transcript")


class NothingCondensed(Conflict):
    """The notes that were to be changed are gone."""

    code = "nothing_condensed"


class NothingToMark(Conflict):
    """Of two replies one is not there yet, or came to nothing."""

    code = "nothing_to_mark"
