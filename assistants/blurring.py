"""Numbers of people, told so that nobody can be seen in them: not at all while they are few, later in steps. Pure.

Against who brings people of their own this does little: with nine accounts one sees the next visitor come. Steps that begin
elsewhere would be found by trying, one account after the other; only noise that changes with time would hide it, in numbers that
are told once a day, and the Lounge's order would still compare. What holds is that accounts cost something (`COUNT_KEYLESS`).
"""

LEAST = 10  # fewer people than these are not told from none
STEP = 5


def blurred(number: int) -> int | None:
    """None for few; else the last step that was reached, so that one more or less mostly changes nothing."""
    return number - number % STEP if number >= LEAST else None


def share(part: int, whole: int) -> int | None:
    """In percent, in steps. None if it is a share of few."""
    return STEP * round(100 * part / whole / STEP) if whole >= LEAST else None
