"""A whole text → HTML: the stored truth of how a reply looks."""

from django.utils.safestring import SafeString

from gptlab.markdown import frames, limits, parser
from gptlab.markdown.characters import clean
from gptlab.markdown.writing import write


def render(text: str) -> SafeString:
    """Safe HTML of untrusted Markdown. Never raises, makes no request, and takes less than half a second of anything."""
    source = clean(text)
    if limits.exceeded(source):
        return frames.plain(source)
    environment = parser.environment()
    blocks, _left = limits.within(parser.blocks(source, environment), source, limits.MOST_WORK)
    parser.inlines(blocks, environment)
    return write(blocks)
