"""What a chat has used: the tokens of its replies, all versions of them, and how far it is condensed."""

from dataclasses import dataclass

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from chats.models import ChatSession, Digest, Reply


@dataclass(frozen=True, slots=True)
class Spending:
    tokens_in: int
    tokens_out: int
    is_estimate: bool  # at least in part: not every server tells
    condensed_to: int | None  # number of the last turn that notes stand for


def spending(session: ChatSession) -> Spending:
    replies = Reply.objects.filter(session=session)
    sums = replies.aggregate(sent=Coalesce(Sum("tokens_in"), 0), received=Coalesce(Sum("tokens_out"), 0))
    has_begun = Q(first_byte_at__isnull=False, tokens_out=None)
    is_estimate = replies.filter(Q(tokens_estimated=True) | has_begun).exists()
    condensed_to = Digest.objects.filter(session=session).values_list("covers_to", flat=True).first()
    return Spending(sums["sent"], sums["received"], is_estimate, condensed_to)
