"""Small charts, drawn on the server: SVG that names its figures for who does not see it."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

WIDTH, HEIGHT, STUB = 240.0, 56.0, 3.0  # in the chart's own units; a day without a number is a stub
SPARK_WIDTH, SPARK_HEIGHT = 88.0, 26.0


@register.simple_tag
def bars(values: Sequence[float], label: str, hints: Sequence[str] = ()) -> SafeString:
    """One bar a value, the last of them dark: it is today's. `hints`: what a pointer is told, one for each."""
    most, step = max(values, default=0), WIDTH / max(len(values), 1)
    heights = [max(STUB, (HEIGHT - 1) * value / most) if most else STUB for value in values]
    titles = [format_html("<title>{}</title>", hint) for hint in hints] or [SafeString()] * len(values)
    rows = (
        ("bar" if n == len(values) - 1 else "bar-2", *map(_unit, (step * n, HEIGHT - height, step * 0.7, height)), titles[n])
        for n, height in enumerate(heights)
    )
    drawn = format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1.5">{}</rect>', rows)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', _unit(WIDTH), _unit(HEIGHT), label, drawn
    )


@register.simple_tag
def spark(values: Sequence[int]) -> SafeString:
    """A line without figures: these stand beside it."""
    most, step = max(values, default=0), SPARK_WIDTH / max(len(values) - 1, 1)
    low, room = SPARK_HEIGHT - 2, SPARK_HEIGHT - 4
    points = " ".join(f"{_unit(step * n)},{_unit(low - (room * value / most if most else 0))}" for n, value in enumerate(values))
    return format_html(
        '<svg class="chart spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline class="path" points="{}"/></svg>',
        _unit(SPARK_WIDTH),
        _unit(SPARK_HEIGHT),
        points,
    )


def _unit(number: float) -> str:
    """For SVG, whatever the visitor's language writes between whole and part."""
    return f"{number:.1f}".removesuffix(".0")
