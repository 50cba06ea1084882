"""Who may know what. Import-linter holds the layers; these are the rules inside an app."""

import ast

from tests.conventions import source

HTTP = ("django.http", "django.shortcuts", "django.views", "django.urls", "django_htmx", "gptlab.http")
EDGE = {"views", "tasks", "forms", "urls", "admin", "decorators", "middleware"}


def test_there_are_domain_rooms_to_look_at():
    names = {str(path) for path in source.domain_rooms()}
    assert {"chats/conversation/saying.py", "accounts/signing_in.py", "assistants/lounge.py"} <= names


def test_a_domain_room_knows_no_http_no_view_and_no_task():
    knowing = []
    for path, tree in source.domain_rooms().items():
        for line, name in source.imported(tree):
            parts = name.split(".")
            if name.startswith(HTTP) or parts[0] == "celery" or (parts[0] in source.APPS and parts[1] in EDGE):
                knowing.append(f"{path}:{line} {name}")
    assert knowing == []


def test_the_floor_imports_no_app():
    floor = {path: tree for path, tree in source.modules().items() if path.parts[0] == "gptlab"}
    up = [f"{path}:{line} {name}" for path, tree in floor.items() for line, name in source.imported(tree)]
    assert [each for each in up if each.split(" ")[1].split(".")[0] in source.APPS] == []


def test_a_task_takes_ids_by_name_and_nothing_else():
    """What stands in a queue is in the clear."""
    taking = []
    for path, tree in source.modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any("shared_task" in ast.unparse(each) for each in node.decorator_list):
                by_name = [argument.arg for argument in node.args.kwonlyargs]
                if node.args.args or not all(name.endswith("_id") for name in by_name):
                    taking.append(f"{path}:{node.lineno} {node.name}")
    assert taking == []
