"""Why a backup can't be made or used. `str()` is half a sentence for the operator."""


class Unfit(Exception):
    """The file, or the machine, is not such that it can be done. Nothing was changed."""


class NotEmpty(Exception):
    """Somebody's assistants or accounts are in the database."""
