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
    """The system prompt, the opening cue, then as many of the newest messages as fit, oldest first.

    `budget` is in tokens, for everything; `count` tells those of a text exactly; `most` limits the number of messages. The
    newest message always goes in, fitting or not: leaving out what was just asked would answer something else.
    """
    head = (Message(Role.SYSTEM, initial_prompt), OPENING_CUE)
    left = budget - sum(_cost(message, count, budget) for message in head)
    taken: list[Message] = []
    for message in newest_first:
        if most is not None and len(taken) >= most:
            break
        left -= _cost(message, count, left)
        if left < 0 and taken:
            break
        taken.append(message)
    return head + tuple(reversed(taken))


def _cost(message: Message, count: Callable[[str], int], left: int) -> int:
    """No token is shorter than a byte: where even the bytes fit ten times over, nobody needs to count."""
    size = len(message.text.encode("utf-8", "surrogatepass"))
    tokens = size if size * 10 < left else count(message.text)
    return tokens + MESSAGE_OVERHEAD
