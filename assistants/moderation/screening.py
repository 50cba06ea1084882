"""The automatic checks of what is published for everybody: the operator's list of words, and the provider's moderation.

Whatever goes wrong with the latter, nobody waits for it and nothing fails: the screening says that nobody was asked.
"""

from datetime import datetime
from uuid import UUID

from django.db import connections, transaction

from accounts import relay
from accounts.visit import Visit
from assistants.models import Assistant, Decision, Screening
from assistants.moderation import word_list
from assistants.moderation.risk import weigh
from gptlab import worker_loop
from gptlab.errors import Unavailable
from gptlab.llm import moderation

JOB = "screening"  # the relay's kind


def begin(assistant: Assistant, *, visit: Visit, now: datetime) -> Screening | None:
    """Looks at what stands there now. None: it is not for everybody. With `was_moderated` None a worker is to go on."""
    if assistant.visibility != Assistant.Visibility.LISTED or assistant.active_version is None:
        return None
    asks = moderation.moderates(visit.provider)
    screening = Screening(assistant=assistant, made_at=now, was_moderated=None if asks else False)
    screening.words_found = word_list.count_in(_texts(assistant))
    if asks:
        try:
            relay.put(kind=JOB, job_id=screening.pk, credential=relay.of_visit(visit))
        except Unavailable:
            screening.was_moderated = False
    with transaction.atomic():
        screening.save(force_insert=True)
        _adopt(screening, now=now)
    return screening


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
    newest = Screening.objects.filter(assistant=assistant).order_by("-made_at").first()
    if newest is None or newest.pk != screening.pk:
        return
    found = bool(screening.words_found or screening.categories)
    change = {
        (Assistant.Standing.FREE, True): (Assistant.Standing.HELD, Decision.Action.HELD),
        (Assistant.Standing.HELD, False): (Assistant.Standing.FREE, Decision.Action.CLEARED),
    }.get((Assistant.Standing(assistant.standing), found))
    if change is not None and (found or screening.was_moderated is not None):
        standing, action = change
        Assistant.objects.filter(pk=assistant.pk).update(standing=standing)
        Decision.objects.create(assistant=assistant, creator_id=assistant.creator_id, action=action, made_at=now)
    weigh([assistant.pk])
