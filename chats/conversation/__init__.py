"""What is done to a chat: start, say, edit, try again, choose, fork, stop, conclude, rate, rename, delete, import.

What asks for a reply leaves a pending one for a worker; handing it over is the caller's. Domain rules only: no HTTP and no
tasks here.
"""

from chats.conversation.choosing import choose, rate, rate_reply
from chats.conversation.concluding import Concluded, can_conclude, conclude, resume
from chats.conversation.deleting import delete, delete_all
from chats.conversation.forking import fork
from chats.conversation.importing import import_transcript
from chats.conversation.lookup import owned_reply, owned_session
from chats.conversation.pending import JOB, model_for
from chats.conversation.renaming import rename
from chats.conversation.retrying import regenerate, retry
from chats.conversation.saying import Said, edit, say
from chats.conversation.starting import start
from chats.conversation.stopping import stop
from chats.conversation.trying import forget_trials, forget_what_drafts_said, trial_of, try_out
from chats.conversation.wording import fit_message

__all__ = [
    "JOB",
    "Concluded",
    "Said",
    "can_conclude",
    "choose",
    "conclude",
    "delete",
    "delete_all",
    "edit",
    "fit_message",
    "forget_trials",
    "forget_what_drafts_said",
    "fork",
    "import_transcript",
    "model_for",
    "owned_reply",
    "owned_session",
    "rate",
    "rate_reply",
    "regenerate",
    "rename",
    "resume",
    "retry",
    "say",
    "start",
    "stop",
    "trial_of",
    "try_out",
]
