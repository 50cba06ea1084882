"""`manage.py check_upstream PROVIDER`: what will work with a provider, found by trying."""

import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gptlab.command_line import FOUND, USAGE, ask_secret
from gptlab.llm import catalog
from gptlab.llm.upstream_check import EndpointCheck, UpstreamCheck, check

VARIABLE = "GPTLAB_CHECK_KEY"
NAMES_MOST = 12

ENDPOINTS = {"chat": "Chat Completions", "responses": "Responses", "completions": "Completions"}
REASONS = {
    "key_rejected": gettext_lazy("the key is not accepted"),
    "quota": gettext_lazy("the key's account has no money or quota left"),
    "rate_limited": gettext_lazy("too many requests just now"),
    "model_not_allowed": gettext_lazy("there is no such model here, or the key may not use it"),
    "unreachable": gettext_lazy("there is no connection to its address"),
    "timeout": gettext_lazy("no answer in time"),
    "server_error": gettext_lazy("the server failed, or its answer is none"),
    "bad_request": gettext_lazy("it does not know this address, or does not take the request"),
    "interrupted": gettext_lazy("the reply broke off"),
    "empty": gettext_lazy("a reply came, without any text"),
}
MODERATION = {
    "works": gettext_lazy("Moderation works: messages will be looked at."),
    "failed": gettext_lazy("Moderation does not answer: chats go on without it."),
    "none": gettext_lazy("Moderation: this provider has none."),
    "off": gettext_lazy("Moderation was not tried: MODERATE_MESSAGES is off."),
}


class Command(BaseCommand):
    help = (
        "Asks a provider for its models and, over each endpoint, for one short reply, as chats do; tries its moderation; and "
        f"says what will work. The key comes from {VARIABLE} or is asked for; it is stored nowhere, and pays for a few hundred "
        "tokens. Servers that need no key get none. Changes nothing. Exits with 1 if visitors could not chat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("provider", help=_("openai, demo, or the name of a server in KEYLESS_SERVERS."))
        parser.add_argument("--model", default="", help=_("Try this one, over all endpoints; else the first that is offered."))
        parser.add_argument("--json", action="store_true", help=_("For a program."))

    def handle(self, *, provider: str, model: str, json: bool, **options: Any) -> None:
        try:
            known = catalog.provider(provider)
        except catalog.UnknownProvider as error:
            ids = ", ".join(each.id for each in catalog.providers())
            message = _("There is no provider %(name)s. There are: %(ids)s.") % {"name": provider, "ids": ids}
            raise CommandError(message, returncode=USAGE) from error
        found = check(provider, api_key=_key(known), model=model)
        if json:
            content = asdict(found) | {"can_chat": found.can_chat}
            self.stdout.write(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
        else:
            for line in _lines(found):
                self.stdout.write(line)
        if not found.can_chat:
            raise CommandError(_("Visitors can't chat with it. %(why)s") % {"why": _why(found)}, returncode=FOUND)


def _key(provider: catalog.Provider) -> str:
    if provider.keyless:
        return provider.key_prefix + secrets.token_hex(16)
    return ask_secret(variable=VARIABLE, question=_("API key of %(provider)s: ") % {"provider": provider.name})


def _lines(found: UpstreamCheck) -> Iterator[str]:
    names = ", ".join(found.models[:NAMES_MOST]) + (", …" if len(found.models) > NAMES_MOST else "")
    if found.models_error:
        yield _("Models: none, %(reason)s.") % {"reason": _reason(found.models_error)}
    else:
        yield _("Models that can chat and are allowed: %(count)d. %(names)s") % {"count": len(found.models), "names": names}
    yield from (_endpoint_line(each) for each in found.endpoints)
    yield str(MODERATION[found.moderation])
    if found.can_chat:
        own = next(each for each in found.endpoints if each.is_own and each.model == found.model)
        words = _("Visitors can sign in and chat: with %(model)s, over %(endpoint)s.")
        yield words % {"model": own.model, "endpoint": ENDPOINTS[own.endpoint]}


def _endpoint_line(each: EndpointCheck) -> str:
    head = f"{ENDPOINTS[each.endpoint]} ({each.model}): "
    if not each.works:
        return head + _("does not work, %(reason)s.") % {"reason": _reason(each.error)}
    streams = _("streams, first text after %(seconds)s s") % {"seconds": each.first_text_seconds}
    how = streams if each.streams else _("works, but the text comes all at once")
    return f"{head}{how}; " + (_("tells tokens.") if each.tells_usage else _("tokens will be estimated."))


def _why(found: UpstreamCheck) -> str:
    if found.models_error:
        return _("Signing in asks for its models: %(reason)s.") % {"reason": _reason(found.models_error)}
    if not found.models:
        return _("It lists no model that can chat and that MODELS_FILE allows.")
    if found.model not in found.models:
        return _("%(model)s is not among the models that it lists for this key.") % {"model": found.model}
    if other := next((each for each in found.endpoints if each.works and each.model == found.model), None):
        words = _('Another endpoint works: let MODELS_FILE say [%(provider)s."%(model)s"] endpoint = "%(endpoint)s".')
        return words % {"provider": found.provider, "model": other.model, "endpoint": other.endpoint}
    return _("No endpoint works with %(model)s.") % {"model": found.model}


def _reason(code: str) -> str:
    return str(REASONS.get(code, code))
