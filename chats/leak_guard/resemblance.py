"""How alike two whole texts are in their words: the check that the original GPT Lab made, and nothing else.

scikit-learn takes a second and 110 MB to import: workers do it once, with `load`; nothing else does.
"""

import sys
from importlib import import_module

ENOUGH = 0.65


def load() -> None:
    import_module("sklearn.feature_extraction.text")


def is_alike(prompt: str, reply: str) -> bool:
    """Never true where scikit-learn is not loaded."""
    text = sys.modules.get("sklearn.feature_extraction.text")
    if text is None:
        return False
    try:
        both = text.TfidfVectorizer().fit_transform([prompt, reply])
    except ValueError:  # no word in either
        return False
    return bool((both[0] @ both[1].T).sum() >= ENOUGH)
