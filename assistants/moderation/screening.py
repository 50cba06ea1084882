"""The automatic checks of what is published for everybody: the operator's list of words, and the provider's moderation.

Whatever goes wrong with the latter, nobody waits for it and nothing fails: the screening says that nobody was asked.
"""

from datetime import datetime
from uuid import UUID

from django.db import connections, transaction
from django.db.models import QuerySet

from accounts import relay
from accounts.visit import Visit
from assistants.models import Assistant, Decision, Screening
from assistants.moderation import word_list
from assistants.moderation.risk import weigh
from gptlab import worker_loop
from gptlab.errors import Unavailable
from gptlab.llm import moderation

JOB = "screening"  # the relay's kind


@transaction.atomic
def begin(assistant: Assistant, *, visit: Visit, now: datetime) -> Screening | None:
    """Looks at what stands there now. None: it is not for everybody. In the transaction that publishes it: none goes unseen.

    With `was_moderated` None it is to be entrusted to a worker.
    """
    if assistant.visibility != Assistant.Visibility.LISTED or assistant.active_version is None:
        return None
    screening = Screening.objects.create(
        assistant=assistant,
        words_found=word_list.count_in(_texts(assistant)),
        maker_is_watched=_maker_is_watched(assistant),
        was_moderated=None if moderation.moderates(visit.provider) else False,
        made_at=now,
    )
    _adopt(screening, now=now)
    return screening


def entrust(screening: Screening | None, *, visit: Visit) -> bool:
    """Whether a worker is to go on, for whom the relay holds what the provider is asked with."""
    if screening is None or screening.was_moderated is not None:
        return False
    try:
        relay.put(kind=JOB, job_id=screening.pk, credential=relay.of_visit(visit))
    except Unavailable:
        Screening.objects.filter(pk=screening.pk).update(was_moderated=False)
        return False
    return True


def finish(*, screening_id: UUID, now: datetime) -> None:
    """In a worker: what the provider's moderation says of it."""
    screening = Screening.objects.select_related("assistant").filter(pk=screening_id, was_moderated=None).first()
    if screening is None or screening.assistant.creator_id is None:
        return
    try:
        credential = relay.take(kind=JOB, job_id=screening.pk, user_id=screening.assistant.creator_id)
        relay.erase(kind=JOB, job_id=screening.pk)
    except (relay.Gone, Unavailable):
        verdict = None
    else:
        text = "\n\n".join(_texts(screening.assistant))
        connections.close_all()
        asked = moderation.check(text, provider_id=credential.provider, api_key=credential.api_key)
        verdict = worker_loop.submit(asked).result()
    screening.was_moderated, screening.categories = verdict is not None, list(verdict.categories) if verdict else []
    with transaction.atomic():
        screening.save(update_fields=["was_moderated", "categories"])
        _adopt(screening, now=now)


def _texts(assistant: Assistant) -> list[str]:
    version = assistant.active_version
    told = [version.initial_prompt, version.summary_prompt] if version else []
    return [assistant.name, assistant.tagline, assistant.description, *assistant.tags, *assistant.starters, *told]


def _adopt(screening: Screening, *, now: datetime) -> None:
    """What was found holds it back; published anew with nothing found, it is let go. What moderators decided stands above."""
    assistant = Assistant.objects.select_for_update().get(pk=screening.assistant_id)
    looks = Screening.objects.filter(assistant=assistant).order_by("-made_at")
    if looks.first() != screening:
        return
    if screening.has_found and assistant.standing == Assistant.Standing.FREE:
        _set(assistant, Assistant.Standing.HELD, action=Decision.Action.HELD, now=now)
    elif assistant.standing == Assistant.Standing.HELD and _is_cleared(screening, looks):
        _set(assistant, Assistant.Standing.FREE, action=Decision.Action.CLEARED, now=now)
    weigh([assistant.pk])


def _is_cleared(screening: Screening, looks: QuerySet[Screening]) -> bool:
    """By who held it back: what moderation found is not gone because nobody could ask it again."""
    if screening.has_found or screening.was_moderated is None:
        return False
    held_by = next((look for look in looks.exclude(pk=screening.pk) if look.has_found), None)
    return bool(screening.was_moderated) or held_by is None or not held_by.categories


def _set(assistant: Assistant, standing: Assistant.Standing, *, action: Decision.Action, now: datetime) -> None:
    before = assistant.standing
    Assistant.objects.filter(pk=assistant.pk).update(standing=standing)
    Decision.objects.create(assistant=assistant, creator_id=assistant.creator_id, action=action, before=before, made_at=now)


def _maker_is_watched(assistant: Assistant) -> bool:
    """Who has one that is suspended: the same again, as a clone or from a file, waits until somebody has looked."""
    theirs = Assistant.objects.filter(creator=assistant.creator_id, standing=Assistant.Standing.SUSPENDED)
    return assistant.creator_id is not None and theirs.exclude(pk=assistant.pk).exists()
