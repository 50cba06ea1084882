"""Habits that keep the code readable and its failures honest."""

import ast
import re

from tests.conventions import source

LONGEST_FILE = 250
LONGEST_FUNCTION = 40
EXTENDED = {"settings.py": 300}  # one file on purpose
SAYS_SOMETHING = {"demo.py"}  # prints where it listens


def found(wanted):
    """`path:line` of every node that `wanted(path, node)` is true for."""
    return [f"{path}:{node.lineno}" for path, tree in source.modules().items() for node in ast.walk(tree) if wanted(path, node)]


def test_no_exception_is_caught_that_nobody_expected():
    def is_broad(_path, node):
        if not isinstance(node, ast.ExceptHandler):
            return False
        caught = ast.unparse(node.type) if node.type else "BaseException"
        return bool({"Exception", "BaseException"} & set(caught.strip("()").replace(",", " ").split()))

    assert found(is_broad) == []


def test_no_file_has_grown_too_long():
    lines = {path: len((source.REPOSITORY / path).read_text().splitlines()) for path in source.modules()}
    assert {str(path): count for path, count in lines.items() if count > EXTENDED.get(path.name, LONGEST_FILE)} == {}


def test_no_function_has_grown_too_long():
    def is_long(_path, node):
        return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno > LONGEST_FUNCTION

    assert found(is_long) == []


def test_a_module_with_code_says_what_it_is_for():
    def has_code(tree):
        return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in tree.body)

    silent = [path for path, tree in source.modules().items() if has_code(tree) and not ast.get_docstring(tree)]
    assert [str(path) for path in silent if path.name != "apps.py"] == []


def test_nothing_waits_to_be_done():
    marks = re.compile("TODO|FIXME|XXX|HACK")
    assert [str(path) for path in source.modules() if marks.search((source.REPOSITORY / path).read_text())] == []


def test_no_room_is_named_for_nothing():
    nothing = {"utils", "util", "helpers", "common", "misc", "services"}
    assert [str(path) for path in source.modules() if path.stem in nothing] == []


def test_nothing_is_printed():
    def prints(path, node):
        is_print = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        return is_print and path.name not in SAYS_SOMETHING

    assert found(prints) == []


def test_the_clock_knows_its_zone():
    """`datetime.now()` without a zone, `utcnow()` and `today()` mean another time on another machine."""

    def is_naive(_path, node):
        if not isinstance(node, ast.Call):
            return False
        name = ast.unparse(node.func)
        return name.endswith((".utcnow", "date.today", "datetime.today")) or (name.endswith("datetime.now") and not node.args)

    assert found(is_naive) == []


def test_a_class_that_holds_a_secret_hides_it():
    """A dataclass with a key, a text or a prompt in it writes its own `repr`, or none."""
    telling = {"api_key", "data_key", "initial_prompt", "summary_prompt"}
    shown = []
    for path, tree in source.modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(each) for each in node.decorator_list):
                fields = {each.target.id: ast.unparse(each) for each in node.body if isinstance(each, ast.AnnAssign)}
                open_fields = {name for name in telling & set(fields) if "repr=False" not in fields[name]}
                hides = any("repr=False" in ast.unparse(each) for each in node.decorator_list)
                writes = any(isinstance(each, ast.FunctionDef) and each.name == "__repr__" for each in node.body)
                if open_fields and not hides and not writes:
                    shown.append(f"{path}:{node.lineno} {node.name}: {open_fields}")
    assert shown == []
