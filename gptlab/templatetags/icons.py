"""`{% icon "lock" %}`: one symbol of the sprite, for the eye only. What it says must also stand in words, or in `aria-label`."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache  # a chat has hundreds of a few
def icon(name: str) -> SafeString:
    """`name` is the id of a symbol in static/icons/sprite.svg."""
    address = f"{static('icons/sprite.svg')}#{name}"
    return format_html('<svg class="bi bi-{}" aria-hidden="true"><use href="{}"></use></svg>', name, address)
