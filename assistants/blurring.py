"""Numbers of people, told so that nobody can be seen in them: not at all while they are few, later in steps. Pure."""

LEAST = 10  # fewer people than these are not told from none
STEP = 5


def blurred(number: int) -> int | None:
    """None for few; else the last step that was reached, so that one more or less mostly changes nothing."""
    return number - number % STEP if number >= LEAST else None


def share(part: int, whole: int) -> int | None:
    """In percent, in steps. None if it is a share of few."""
    return STEP * round(100 * part / whole / STEP) if whole >= LEAST else None
