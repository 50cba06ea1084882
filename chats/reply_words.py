"""The words for each way in which a reply can end badly, by its error code. `reply_errors` puts them together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Way(StrEnum):
    """The one thing to do next."""

    RETRY = "retry"
    MODEL = "model"  # try again with another model; where the key has no other, like RETRY
    REPHRASE = "rephrase"  # the same words would end in the same way: write others
    LEAVE = "leave"  # nothing that the visitor does here helps: another assistant


@dataclass(frozen=True, slots=True)
class Words:
    """`title` may name %(provider)s and %(model)s. `advice` is what to do, unless the button says all of it."""

    title: "_StrPromise"
    advice: "_StrPromise | str" = ""
    way: Way = Way.RETRY
    kind: str = "warn"  # a banner's class: warn, danger or info
    sign: str = "plug"  # what is pictured: plug, key, wallet, wait, model, shield, info or fault


WORDS: dict[str, Words] = {
    # The key
    "key_rejected": Words(
        _("%(provider)s no longer accepts this key."),
        _("Your chats are safe and open to read. Make the key work there, then try again."),
        kind="danger",
        sign="key",
    ),
    "sign_in_again": Words(
        _("The visit that should pay for this reply had ended."),
        _("You are signed in again: press Try again."),
        sign="key",
    ),
    "quota": Words(
        _("Your %(provider)s balance is used up."),
        _("Top it up there, then press Try again. The key of a free trial stops when its budget or its time is over."),
        sign="wallet",
    ),
    "rate_limited": Words(_("%(provider)s asks us to slow down."), _("Wait a minute, then press Try again."), sign="wait"),
    # The model
    "model_not_allowed": Words(
        _("Your key may not use %(model)s."), _("Choose another model for this chat."), Way.MODEL, sign="model"
    ),
    "bad_request": Words(
        _("%(provider)s does not take this request."),
        _("The model and this assistant’s settings may not go together. Another model may do."),
        Way.MODEL,
        sign="model",
    ),
    "context_too_long": Words(
        _("This chat is too long for %(model)s."),
        _("Go on with a model that holds more, or start a new chat."),
        Way.MODEL,
        sign="model",
    ),
    "message_too_long": Words(
        _("This message is too long for %(model)s."),
        _("Send it in parts, or choose a model that holds more."),
        Way.MODEL,
        sign="model",
    ),
    "prompt_too_long": Words(
        _("The assistant’s instructions don’t fit into %(model)s."), _("Choose a model that holds more."), Way.MODEL, sign="model"
    ),
    # What was said
    "content_filter": Words(
        _("The content filter of %(provider)s refused this message."), _("Ask in another way."), Way.REPHRASE, sign="shield"
    ),
    # The line
    "interrupted": Words(_("The line to %(provider)s broke.")),
    "timeout": Words(_("%(provider)s did not answer in time.")),
    "unreachable": Words(_("%(provider)s can’t be reached right now.")),
    "server_error": Words(_("%(provider)s had a fault of its own."), sign="fault"),
    "empty": Words(_("%(provider)s sent a reply without a word."), sign="fault"),
    # Our side
    "misconfigured": Words(
        _("This assistant is not properly set up."),
        _("Its prompt or its provider can’t be used. Choose another one; whoever runs this lab can mend it."),
        Way.LEAVE,
        sign="fault",
    ),
    "lost": Words(_("No worker was free for this reply."), sign="fault"),
    "broken_off": Words(_("This reply broke off on our side."), sign="fault"),
    "internal": Words(
        _("Something broke on our side."), _("It is written down for who runs this lab."), kind="danger", sign="fault"
    ),
}
UNKNOWN = Words(_("The reply failed."), sign="fault")

# Of replies that ended well, but not as one might think.
REMARKS: dict[str, Words] = {
    "length": Words(_("Cut at the reply’s token limit."), _("Say “go on” for the rest."), Way.REPHRASE, kind="info", sign="info"),
    "content_filter": Words(
        _("The content filter of %(provider)s ended this reply."), _("Ask in another way."), Way.REPHRASE, sign="shield"
    ),
}
