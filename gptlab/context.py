"""What every page may say of this installation."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

import gptlab

SIGNS = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "mastodon.social": "mastodon",
    "fosstodon.org": "mastodon",
    "bsky.app": "bluesky",
    "x.com": "twitter-x",
    "twitter.com": "twitter-x",
    "linkedin.com": "linkedin",
    "discord.gg": "discord",
    "discord.com": "discord",
    "youtube.com": "youtube",
}


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the operator says about this installation."""
    pairs = (link.partition("=") for link in settings.SITE_LINKS)
    links = [(label.strip(), url.strip(), _icon(url.strip())) for label, _equals, url in pairs if url]
    return {"site": {"links": links, "contact": settings.CONTACT_EMAIL, "version": gptlab.__version__}}


def _icon(url: str) -> str:
    """The sign of a place that everybody knows, or none."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # the operator's slip must not take every page down
        return ""
    return SIGNS.get(host) or next((icon for place, icon in SIGNS.items() if host.endswith(f".{place}")), "")
