"""What a reply that ended badly says to its reader: what happened, what is kept, and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from chats.models import Reply

RETRYABLE_STATES = (Reply.State.FAILED, Reply.State.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    detail: str
    can_retry: bool
    kind: str = "warn"  # a banner's class: warn, danger or info


def notice(reply: Reply, *, provider: str) -> Notice | None:
    """None for a reply that ended well. `provider` is its name for people."""
    if reply.state == Reply.State.DONE:
        return _remark(reply)
    if reply.state not in RETRYABLE_STATES:
        return None
    title, detail = _words(reply, provider)
    kind = "danger" if reply.error_code in ("key_rejected", "sign_in_again") else "warn"
    return Notice(title=title, detail=detail, can_retry=True, kind=kind)


def _remark(reply: Reply) -> Notice | None:
    if reply.error_code == "length":
        return Notice(_("Cut at the reply’s token limit."), _("Say “go on” for the rest."), can_retry=False, kind="info")
    if reply.error_code == "content_filter":
        return Notice(_("The provider’s content filter ended this reply."), _("Ask in another way."), can_retry=False)
    return None


def _words(reply: Reply, provider: str) -> tuple[str, str]:
    kept = _("Your message is kept.")
    if reply.state == Reply.State.INTERRUPTED:
        arrived = _("What arrived is kept. Trying again costs a new reply.")
        if reply.error_code in ("interrupted", "server_error", "unreachable"):
            return _("The line to %(provider)s broke.") % {"provider": provider}, arrived
        if reply.error_code == "timeout":
            return _("%(provider)s stopped answering.") % {"provider": provider}, arrived
        return _("This reply ended early."), arrived
    texts = {
        "key_rejected": (
            _("%(provider)s no longer accepts this key."),
            _("Your chats are safe. Sign in with a working key, then try again."),
        ),
        "sign_in_again": (_("The visit ended before the reply began."), _("Sign in again, then press Try again.") + " " + kept),
        "quota": (
            _("Your %(provider)s balance is used up."),
            _("Top it up there, then press Try again. Keys of a free trial stop when it ends.") + " " + kept,
        ),
        "rate_limited": (_("%(provider)s asks us to slow down."), _("Wait a minute, then press Try again.") + " " + kept),
        "context_too_long": (_("This chat is too long for the model."), _("Start a new chat, or send a shorter message.")),
        "message_too_long": (_("This message is too long for the model."), _("Start a new chat, or send it in parts.")),
        "prompt_too_long": (_("The assistant’s instructions don’t fit into the model."), _("Start a new chat with another one.")),
        "model_not_allowed": (
            _("Your key may not use this model."),
            _("Start a new chat with another model. Your provider’s page says which ones your key has."),
        ),
        "content_filter": (_("The provider’s content filter refused this message."), _("Ask in another way.")),
        "timeout": (_("%(provider)s did not answer in time."), kept),
        "unreachable": (_("%(provider)s can’t be reached right now."), kept),
        "server_error": (_("%(provider)s had a fault of its own."), kept),
        "empty": (_("%(provider)s sent a reply without a word."), kept),
        "misconfigured": (
            _("This assistant is not properly set up."),
            _("Its prompt or its provider can’t be used. Choose another one; whoever runs this lab can mend it."),
        ),
        "lost": (_("No worker was free for this reply."), kept),
    }
    title, detail = texts.get(reply.error_code, (_("The reply failed."), kept))
    return title.replace("%(provider)s", provider), detail
