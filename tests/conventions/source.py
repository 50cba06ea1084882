"""The project's Python files as syntax trees, for rules that no linter knows."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("gptlab", "accounts", "assistants", "chats")
APPS = ("accounts", "assistants", "chats")

# The rooms that know HTTP or Celery, by the first part of their path inside an app. All others are domain rooms.
EDGE_ROOMS = {
    "views", "views.py", "urls.py", "admin", "admin.py", "admin_site.py",
    "tasks.py", "forms.py", "decorators.py", "middleware.py", "context.py",
    "management", "templatetags", "apps.py", "migrations",
}  # fmt: skip


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of the packages, by its path in the repository."""
    paths = (path for package in PACKAGES for path in sorted((REPOSITORY / package).rglob("*.py")))
    return {path.relative_to(REPOSITORY): ast.parse(path.read_text()) for path in paths if "migrations" not in path.parts}


def domain_rooms() -> dict[Path, ast.Module]:
    return {path: tree for path, tree in modules().items() if path.parts[0] in APPS and path.parts[1] not in EDGE_ROOMS}


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of whatever the module imports when it runs; imports for the type checker alone do not count."""
    hidden = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for part in branch.body
        for node in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
