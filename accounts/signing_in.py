"""Signing in: look at the key, ask its provider, open the account or make one. Knows no request; `views` begins the visit.

A key that opens an account opens it whatever the provider says: what one wrote stays one's own. Only a new account needs a key
that the provider takes.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts import credentials, key_format
from accounts.models import Credential, User
from gptlab import crypto, errors, words
from gptlab.llm import catalog, client
from gptlab.llm import errors as upstream
from gptlab.when import after

DEMO = "demo"  # the provider where any long enough key will do
SLOW_DOWN_SECONDS = 60  # where the provider does not say how long
_MINTED_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
_MINTED_CHARACTERS = 32  # 160 bits


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """`api_key` without the spaces around it. `notice` says why one can't chat now, if one can't.

    `agreed_anew`: the terms are not those that were agreed to the last time.
    """

    user: User
    credential: Credential
    api_key: str
    data_key: bytes
    models: tuple[str, ...]
    can_chat: bool
    is_new: bool
    agreed_anew: bool
    notice: str


class Lister(Protocol):
    def __call__(self, provider_id: str, *, api_key: str) -> list[str]: ...


def mint(provider: catalog.Provider) -> str:
    """A personal key for a server that asks for none."""
    return provider.key_prefix + "".join(secrets.choice(_MINTED_ALPHABET) for _i in range(_MINTED_CHARACTERS))


def check(*, provider: str, api_key: str) -> tuple[catalog.Provider, str]:
    """The provider meant and the key proper. Costs nothing. Raises Invalid."""
    try:
        chosen = catalog.provider(provider)
    except catalog.UnknownProvider as error:
        raise errors.Invalid(_("Choose one of the providers in the list."), field="provider") from error
    return chosen, key_format.clean(api_key, provider=chosen, others=catalog.providers())


def sign_in(*, provider: str, api_key: str, now: datetime, minted: bool = False, list_models: Lister | None = None) -> SignedIn:
    """Opens the account of this key. Raises Invalid, Limited or Unavailable: then nothing was made or stored.

    `minted` says that we made this key just now. A server that takes any key can't tell a mistyped one from a new one, so there
    only a minted key makes an account. In the Demo any key does.
    """
    chosen, key = check(provider=provider, api_key=api_key)
    newest = credentials.newest_root(provider=chosen.id, key=key)
    account = _find(chosen, key, newest)
    if account is None and chosen.keyless and not minted and chosen.id != DEMO:
        message = _("Nobody here has this key. Check it letter by letter, or ask for a new one below.")
        raise errors.Invalid(message, field="api_key")
    models, trouble = _ask(chosen, key, list_models or client.models)
    is_new = account is None
    if account is None:
        if trouble is not None:
            raise _refusal(chosen, trouble)
        account, is_new = _make(chosen, key, newest, now)
    agreed_anew = _note_use(account, now)
    return SignedIn(
        user=account.user,
        credential=account.credential,
        api_key=key,
        data_key=account.data_key,
        models=models,
        can_chat=trouble is None,
        is_new=is_new,
        agreed_anew=agreed_anew,
        notice=_notice(chosen, trouble) if trouble else "",
    )


def _find(provider: catalog.Provider, key: str, newest: credentials.Root) -> credentials.Account | None:
    try:
        account = credentials.find(provider=provider.id, key=key, newest=newest)
    except crypto.Damaged as error:
        message = _("There is an account of this key, but its record is damaged and can’t be opened. Tell who runs this lab.")
        raise errors.Conflict(message) from error
    if account is not None and not account.user.is_active:
        raise errors.Invalid(_("The account of this key was closed by who runs this lab."), field="api_key")
    return account


def _make(provider: catalog.Provider, key: str, newest: credentials.Root, now: datetime) -> tuple[credentials.Account, bool]:
    """A new account, or the one that the same key's other request made a moment ago."""
    try:
        made = credentials.make(provider=provider.id, newest=newest, terms_version=words.terms_version(), now=now)
    except IntegrityError:
        found = _find(provider, key, newest)
        if found is None:
            raise
        return found, False
    return made, True


def _note_use(account: credentials.Account, now: datetime) -> bool:
    """Signing in is agreeing: whether that is to other terms than the last time."""
    account.credential.last_used_at = now
    account.credential.save(update_fields=["last_used_at"])
    before, account.user.terms_version = account.user.terms_version, words.terms_version()
    if before == account.user.terms_version:
        return False
    account.user.save(update_fields=["terms_version"])
    return bool(before)


def _ask(provider: catalog.Provider, key: str, list_models: Lister) -> tuple[tuple[str, ...], upstream.UpstreamError | None]:
    """The models that the key may use, or why it can't be used now."""
    try:
        models = list_models(provider.id, api_key=key)
    except upstream.UpstreamError as error:
        return (), error
    return tuple(models), None if models else upstream.ModelNotAllowed()


def _refusal(provider: catalog.Provider, trouble: upstream.UpstreamError) -> errors.DomainError:
    sentence = _sentence(provider, trouble)
    match trouble:
        case upstream.KeyRejected() | upstream.ModelNotAllowed() | upstream.QuotaExceeded():
            return errors.Invalid(sentence, field="api_key")
        case upstream.RateLimited():
            return errors.Limited(sentence, retry_after=max(1, round(trouble.retry_after or SLOW_DOWN_SECONDS)))
        case _:
            return errors.Unavailable(sentence)


def _notice(provider: catalog.Provider, trouble: upstream.UpstreamError) -> str:
    """For who comes back and can read, but not chat."""
    if isinstance(trouble, upstream.KeyRejected):
        message = _("%(provider)s no longer takes this key. Your chats are safe and open to read, but they can’t go on with it.")
        return message % {"provider": provider.name}
    reading = _("Your chats are open to read. To chat, sign in again then.")
    return f"{_sentence(provider, trouble)} {reading}"


def _sentence(provider: catalog.Provider, trouble: upstream.UpstreamError) -> str:
    match trouble:
        case upstream.KeyRejected():
            message = _("%(provider)s does not know this key. Copy it again in full.")
        case upstream.ModelNotAllowed():
            message = _("%(provider)s knows this key, but lets it use no model to chat with. Give it that right there.")
        case upstream.QuotaExceeded():
            message = _("Your %(provider)s balance is used up. Top it up there, then sign in.")
        case upstream.RateLimited():
            when = after(trouble.retry_after or SLOW_DOWN_SECONDS)
            return _("%(provider)s asks us to slow down. Try again %(when)s.") % {"provider": provider.name, "when": when}
        case _:
            message = _("%(provider)s can’t be reached just now. Try again in a minute.")
    return message % {"provider": provider.name}
