"""The pages of words: questions, terms, privacy, about. Markdown files beside this one, unless the operator has written others.

Knows no request. `reading` finds and reads a file, `facts` fills in what the software knows of itself.
"""

from gptlab.words.pages import NAMES, Page, page, terms_version
from gptlab.words.reading import Unreadable
from gptlab.words.verifying import troubles, unreviewed

__all__ = ["NAMES", "Page", "Unreadable", "page", "terms_version", "troubles", "unreviewed"]
