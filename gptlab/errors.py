"""What can go wrong in the domain, said without HTTP. `gptlab/http.py` turns these into answers."""


class DomainError(Exception):
    """A refusal that a person can act on. `str()` is the sentence to show; `code` is stable, for tests and outside programs."""

    code = "error"


class Missing(DomainError):
    """There is no such thing, or it belongs to someone else: which of the two is never told."""

    code = "missing"


class Gone(DomainError):
    """It was there, and will not come back."""

    code = "gone"


class Conflict(DomainError):
    """The thing is in a state in which this can't be done now."""

    code = "conflict"


class Invalid(DomainError):
    """The input can't be used as it is. `field` names the form field it is about, if one."""

    code = "invalid"

    def __init__(self, message: str = "", *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Limited(DomainError):
    """Too often. `retry_after` is in seconds."""

    code = "limited"

    def __init__(self, message: str = "", *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something that this needs (database, Redis, upstream) is away; nothing was changed."""

    code = "unavailable"


class ReadOnly(Unavailable):
    """Whoever runs this has closed it for changes, for a while. `retry_after` is in seconds."""

    code = "read_only"

    def __init__(self, message: str = "", *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SignedOut(DomainError):
    """The visit has ended: sign in again to go on."""

    code = "signed_out"
