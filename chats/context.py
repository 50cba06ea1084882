"""Which messages the model sees: pure, newest first until the token budget is spent."""

from collections.abc import Callable, Iterable

from gptlab.llm.messages import Message, Role

# Some servers refuse a conversation that does not begin with the user; and it tells the model what is expected first.
OPENING_CUE = Message(Role.USER, "I have just come in. Please open our conversation the way your instructions say.")

MESSAGE_OVERHEAD = 8  # tokens that a message costs beside its text, on the safe side


def build(
    *,
    initial_prompt: str,
    newest_first: Iterable[Message],
    budget: int,
    count: Callable[[str], int],
    most: int | None = None,
) -> tuple[Message, ...]:
    """The system prompt, the opening cue, then as many of the newest messages as fit, oldest first; roles alternate.

    `budget` is in tokens, for everything; `count` tells those of a text exactly; `most` limits the number of messages. The
    newest message always goes in, fitting or not: leaving out what was just asked would answer something else.
    """
    head = [Message(Role.SYSTEM, initial_prompt), OPENING_CUE]
    left = budget - sum(_cost(message, count, budget) for message in head)
    taken: list[Message] = []
    for message in newest_first:
        if most is not None and len(taken) >= most:
            break
        left -= _cost(message, count, left)
        if left < 0 and taken:
            break
        taken.append(message)
    said = list(reversed(taken))
    if said and said[0].role == Role.USER:
        head = head[:1]  # older words were cut: what follows begins with the user by itself
    return _alternating([*head, *said])


def _alternating(messages: list[Message]) -> tuple[Message, ...]:
    """Neighbours of one role as one message: after a turn without a reply many servers would refuse every further one."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            joined[-1] = Message(message.role, f"{joined[-1].text}\n\n{message.text}")
        else:
            joined.append(message)
    return tuple(joined)


def _cost(message: Message, count: Callable[[str], int], left: int) -> int:
    """No token is shorter than a byte: where even the bytes fit ten times over, nobody needs to count."""
    size = len(message.text.encode("utf-8", "surrogatepass"))
    tokens = size if size * 10 < left else count(message.text)
    return tokens + MESSAGE_OVERHEAD
