"""Model fields that hold text encrypted under the server's own keys: secret prompts, never chats."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from gptlab import crypto

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField  # not subscriptable at run time


class EncryptedTextField(TextField):
    """Text that the database holds as a token under `PROMPT_KEYS`. It can't be searched or compared in a query.

    Reading a row whose token does not open raises `crypto.Damaged`: lists that can do without the text defer it.
    """

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else crypto.seal_under_list(settings.PROMPT_KEYS, str(value))

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return value if value is None else crypto.unseal_under_list(settings.PROMPT_KEYS, value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted: it can't be looked up by {lookup_name}.")
        return super().get_lookup(lookup_name)
