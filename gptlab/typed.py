"""What stands in fields and addresses, as values. Knows no field."""


def whole_number(text: str) -> int | None:
    """None for what is no number that any row, turn or page could have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None
