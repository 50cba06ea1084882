"""The catalogue: every page in every state that a visitor can meet. One module a page; a function in it brings a browser there.

`make screenshots` pictures them all, and `tests/browser/test_axe.py` looks at each in both themes. To add one, write a function
with `@state` into the module of its page; to add a page, add a module. A state begins with one of the stage's ways in, and
hangs on no other state.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.stage import Stage


@dataclass(frozen=True)
class State:
    page: str  # the module's name
    name: str  # page and function: "chat-stopped"
    reach: Callable[[Stage], object]
    whole: bool  # the picture shows the whole page, and not only what the window shows


_found: list[State] = []


def state(reach=None, *, whole=True):
    """Marks a function as a state of the page that its module is named for."""

    def keep(reach):
        page = reach.__module__.rpartition(".")[2]
        _found.append(State(page, f"{page}-{reach.__name__}".replace("_", "-"), reach, whole))
        return reach

    return keep if reach is None else keep(reach)


def catalogue() -> list[State]:
    """All of them by page, and within a page in the order in which they are written."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return sorted(_found, key=lambda state: state.page)
