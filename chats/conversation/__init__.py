"""Start a chat, say something, retry, stop. Each leaves a pending reply for a worker; handing it over is the caller's.

Domain rules only: no HTTP and no tasks here.
"""

from chats.conversation.lookup import owned_reply, owned_session
from chats.conversation.pending import JOB
from chats.conversation.retrying import retry
from chats.conversation.saying import Said, say
from chats.conversation.starting import start
from chats.conversation.stopping import stop
from chats.conversation.wording import fit_message

__all__ = ["JOB", "Said", "fit_message", "owned_reply", "owned_session", "retry", "say", "start", "stop"]
