"""Staff's pages about assistants: what is shown where, what to look at first, and what is decided.

Prompts are secret from staff as well: no page loads one, but for the page that leaves an entry in the audit log. Chats can't be
shown by any: there is nothing to open them with.
"""

from assistants.admin.appeals import AppealAdmin
from assistants.admin.assistants import AssistantAdmin
from assistants.admin.decisions import DecisionAdmin
from assistants.admin.queue import QueueAdmin
from assistants.admin.reports import ReportAdmin

__all__ = ["AppealAdmin", "AssistantAdmin", "DecisionAdmin", "QueueAdmin", "ReportAdmin"]
