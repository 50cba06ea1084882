"""What is asked of the model for one reply: what it is told, within its window, and how it is to draw."""

from accounts import relay
from chats import condensing, memory
from chats.context import Context, TooLong, build, instructions
from chats.counting import counter
from chats.history import said_newest_first
from chats.memory import Load
from chats.models import Reply
from chats.sealing import vault_of
from gptlab.llm import catalog
from gptlab.llm.messages import Request, Sampling

BRAINSTORMING_MESSAGES = 20


def ask(reply: Reply, credential: relay.Credential) -> tuple[Request, Load]:
    """The request, and what it puts into the model's memory. Raises context.TooLong, crypto.Damaged, UnknownProvider."""
    session, version = reply.session, reply.session.version
    info = catalog.model(credential.provider, reply.model)
    budget = info.input_budget(version.max_tokens)
    vault = vault_of(credential)
    brainstorms = session.assistant.session_type == session.assistant.SessionType.BRAINSTORMING
    notes, after = ("", -1) if brainstorms else condensing.notes_before(session, turn=reply.turn.number, vault=vault)

    def built(notes: str) -> Context:
        return build(
            initial_prompt=instructions(version.initial_prompt, is_public=not version.is_secret),
            newest_first=said_newest_first(session, vault=vault, up_to=reply.turn.number, after=after),
            budget=budget,
            count=counter(info),
            most=BRAINSTORMING_MESSAGES if brainstorms else None,
            notes=notes,
        )

    try:
        context = built(notes)
    except TooLong:  # the model may be another now, with a smaller window
        if not notes:
            raise
        context = built("")
    request = Request(credential.provider, reply.model, context.messages, _sampling(reply))
    return request, memory.load(context, info=info, budget=budget, condenses=not brainstorms)


def _sampling(reply: Reply) -> Sampling:
    version = reply.session.version
    return Sampling(
        max_tokens=version.max_tokens,
        temperature=version.temperature,
        top_p=version.top_p,
        frequency_penalty=version.frequency_penalty,
        presence_penalty=version.presence_penalty,
    )
