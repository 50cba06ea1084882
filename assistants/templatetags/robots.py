"""`{% robot assistant "shelf" %}`: an assistant's robot, whole on a shelf or its head alone, on the tint of its code."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assistants import avatars, blurring, codes
from assistants.models import Assistant

register = template.Library()

CATEGORY_ICONS: dict[str, str] = {
    Assistant.Category.LEARNING: "mortarboard",
    Assistant.Category.WRITING: "pencil",
    Assistant.Category.WORK: "briefcase",
    Assistant.Category.DATA: "bar-chart",
    Assistant.Category.EVERYDAY: "house-heart",
    Assistant.Category.IDEAS: "lightbulb",
    Assistant.Category.PLAY: "dice-5",
}


@register.simple_tag
def robot(assistant: Assistant, place: str) -> SafeString:
    """`place`: "shelf", "shelf shelf-lg", "face" or "face face-sm". No alternative text: the name stands beside."""
    return format_html('<span class="{} shelf-{}">{}</span>', place, avatars.tint(assistant.code), robot_picture(assistant))


@register.simple_tag
def robot_picture(assistant: Assistant) -> SafeString:
    """The picture alone. Its address changes with the drawing, so browsers may keep it."""
    address = reverse("assistants:avatar", args=[assistant.code])
    version = avatars.fingerprint(assistant.name, assistant.avatar_style)
    return format_html('<img src="{}?v={}" alt="" width="128" height="128">', address, version)


@register.simple_tag
def robot_preview(assistant: Assistant, place: str) -> SafeString:
    """`{% robot_preview preview "shelf" %}`: of one that is in no database."""
    picture = _preview(assistant.name, assistant.avatar_style)
    return format_html('<span class="{} shelf-{}">{}</span>', place, avatars.tint(assistant.code), picture)


@register.simple_tag
def robot_in_style(assistant: Assistant, style: str) -> SafeString:
    """`{% robot_in_style preview "sprouts" %}`: on its shelf, as it would be in that style."""
    shelf = avatars.tint(assistant.code)
    return format_html('<i class="shelf shelf-{}" id="look-{}">{}</i>', shelf, style, _preview(assistant.name, style))


def _preview(name: str, style: str) -> SafeString:
    address = reverse("assistants:lab-avatar")
    return format_html('<img src="{}?{}" alt="" width="128" height="128">', address, urlencode({"name": name, "style": style}))


@register.simple_tag
def showcased(most: int) -> list[Assistant]:
    """The first of the house's showcase, for pages that only want to show some."""
    return list(Assistant.objects.showcased().order_by("pk")[:most])


@register.filter
def without(assistants: list[Assistant], one: Assistant) -> list[Assistant]:
    return [each for each in assistants if each != one]


@register.filter
def blurred(number: int | str) -> int | None:
    """How many people, or None if they are few. A template's missing number is few."""
    return blurring.blurred(number or 0) if not isinstance(number, str) else None


@register.filter
def liked(assistant: Assistant) -> int | None:
    return blurring.share(assistant.likers, assistant.raters)


@register.filter
def category_icon(category: str) -> str:
    return CATEGORY_ICONS.get(category, "grid")


@register.filter
def grouped(code: str) -> str:
    return codes.grouped(code)
