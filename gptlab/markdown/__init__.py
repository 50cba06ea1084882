"""Untrusted Markdown → safe HTML: whole, and as it grows. Knows no chat and no stream."""

from gptlab.markdown.characters import CURSOR
from gptlab.markdown.live import Change, LiveMarkdown
from gptlab.markdown.whole import render

__all__ = ["CURSOR", "Change", "LiveMarkdown", "render"]
