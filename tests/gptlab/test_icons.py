import re

from django.template import Context, Template

from assistants.personalities import PERSONALITIES
from assistants.templatetags.robots import CATEGORY_ICONS
from gptlab.context import SIGNS
from tests.conventions import source

SPRITE = (source.REPOSITORY / "static/icons/sprite.svg").read_text()


def used():
    texts = (path.read_text() for path in (source.REPOSITORY / "templates").rglob("*.html"))
    named = {name for text in texts for name in re.findall(r'{% icon "([a-z0-9-]+)"', text)}
    return named | set(CATEGORY_ICONS.values()) | set(SIGNS.values()) | {each.icon for each in PERSONALITIES.values()}


def test_an_icon_is_for_the_eye_only():
    html = Template('{% load icons %}{% icon "lock" %}').render(Context())
    assert html == '<svg class="bi bi-lock" aria-hidden="true"><use href="/static/icons/sprite.svg#lock"></use></svg>'


def test_the_sprite_has_the_icons_of_the_templates_and_no_others():
    assert set(re.findall(r'<symbol id="([^"]+)"', SPRITE)) == used()
