"""What the layers of the package allow, as checks: who imports whom, opens files, looks at a clock.

Each check reads a tree of sources and says what breaks it, so that it can be shown to notice.
"""

import ast
import sys
from dataclasses import dataclass
from functools import cache

STAGES = (
    "capture",
    "packets",
    "tcp",
    "smtp",
    "exchanges",
    "findings",
    "analysis",
    "archive",
    "report",
    "cli",
)
"""In the order of the flow: a later one imports an earlier one, never the reverse."""

LEAVES = ("units", "errors", "version")
"""Import nothing of the project; everybody may import them."""

TOP = ("__init__", "__main__")
"""The front door: hands on what others have."""

CRAFT = "craft"
"""Stands aside: makes captures, and is imported by the command line alone."""

LIBRARIES = {
    "scapy": {CRAFT},
    "dpkt": {"packets"},
    "rich": {"report", "cli"},
    "click": {"cli"},
    "distributed": {"archive"},
    "fsspec": {"capture"},
    "aiohttp": {"capture"},
    "pandas": {"report"},
    "pyarrow": {"report"},
}
"""Libraries that only some parts may import."""

TOUCH_FILES = {"capture", "archive", "report", "cli", CRAFT}
LOOK_AT_A_CLOCK = {"archive", "cli"}

FILE_MODULES = {"tempfile", "mmap", "shutil", "sqlite3", "socket", "subprocess", "glob", "fileinput"}
FILE_NAMES = {"open", "TemporaryFile", "NamedTemporaryFile", "mkstemp", "scandir", "listdir", "walk"}
OS_NAMES = FILE_NAMES | {"fromfile", "memmap", "load", "save", "stat", "fdopen"}
PATH_METHODS = {
    "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "rglob", "glob", "is_file", "is_dir",
    "unlink", "mkdir", "tofile",
}  # fmt: skip
"""Of whatever they are called; ``open``, ``stat``, ``replace`` have other owners than paths as well."""

CLOCKS = {
    "time",
    "time_ns",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "now",
    "utcnow",
    "today",
}


@dataclass(frozen=True)
class Source:
    """A module of the package: its dotted name below it, its part of the house, its syntax."""

    name: str
    part: str
    tree: ast.Module
    is_package: bool


@cache
def sources(package):
    """Every module below a folder."""
    found = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        name = ".".join(parts)
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        found.append(Source(name, parts[0], tree, path.name == "__init__.py"))
    return found


def imported(source, package="desync"):
    """Every module that a source imports, wherever in it, with the line; strings for import_module too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield ".", node.lineno
            elif node.module == package:
                yield from ((f"{package}.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module or "", node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A module named in a string is one to be imported by it.
            if node.value.startswith(f"{package}.") and node.value.replace(".", "").isidentifier():
                yield node.value, node.lineno
        elif isinstance(node, ast.Call) and source.part not in TOP and _imports_unseen(node):
            yield "?", node.lineno


def _imports_unseen(node):
    """Whether a call imports a module whose name does not stand there."""
    written = node.args and isinstance(node.args[0], ast.Constant)
    return _called(node) in {"__import__", "import_module"} and not written


def _called(node):
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _may_import(part, other):
    """Whether one part of the house may import another."""
    if part in LEAVES:
        return False
    if part in TOP or other in LEAVES or part == other:
        return True
    if CRAFT in (part, other):
        return part == "cli"
    if part not in STAGES or other not in STAGES:
        return False
    return STAGES.index(other) < STAGES.index(part)


def _may_use(part, library):
    """Whether a part of the house may import what is not of the project."""
    if part in LEAVES:
        return library in sys.stdlib_module_names
    return part in LIBRARIES.get(library, {part})


def wrong_imports(package):
    """Imports against the flow."""
    for source in sources(package):
        for name, line in imported(source):
            head, _, rest = name.partition(".")
            if name in {"?", "."}:
                yield f"{source.name}:{line} imports what cannot be told from the source"
            elif head == "desync":
                if not _may_import(source.part, rest.partition(".")[0] or "__init__"):
                    yield f"{source.name}:{line} imports {name}"
            elif not _may_use(source.part, head):
                yield f"{source.name}:{line} imports {name}"


def file_users(package):
    """What touches files though it is of no part that may."""
    for source in sources(package):
        if source.part in TOUCH_FILES or source.part in TOP:
            continue
        for name, line in imported(source):
            if name.partition(".")[0] in FILE_MODULES:
                yield f"{source.name}:{line} imports {name}"
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and _touches_file(node):
                yield f"{source.name}:{node.lineno} calls {_called(node)}"


def _touches_file(node):
    name = _called(node)
    if isinstance(node.func, ast.Name):
        return name in FILE_NAMES
    owner = getattr(node.func, "value", None)
    if isinstance(owner, ast.Name) and owner.id in {"os", "io", "gzip", "np"}:
        return name in OS_NAMES
    return name in PATH_METHODS or (isinstance(owner, ast.Call) and _called(owner) == "Path")


def clock_users(package):
    """What looks at a clock though it is of no part that may."""
    for source in sources(package):
        if source.part in LOOK_AT_A_CLOCK:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                yield f"{source.name}:{node.lineno} imports from time"
            if not isinstance(node, ast.Call) or _called(node) not in CLOCKS:
                continue
            owner = getattr(node.func, "value", None)
            of = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", None)
            if of in {"time", "datetime", "date"}:
                yield f"{source.name}:{node.lineno} calls {of}.{_called(node)}"


def type_checking(package):
    """Uses of TYPE_CHECKING: the type is in the wrong file."""
    for source in sources(package):
        for node in ast.walk(source.tree):
            names = {getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "name", None)}
            if "TYPE_CHECKING" in names:
                yield f"{source.name}:{getattr(node, 'lineno', 0)} uses TYPE_CHECKING"


def code_in_packages(package):
    """Code in the ``__init__.py`` of a part: only its docstring, imports and ``__all__`` may stand there."""
    for source in sources(package):
        if not source.is_package or source.name == "__init__":
            continue
        for node in source.tree.body:
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            names = isinstance(node, ast.Assign) and [getattr(name, "id", "") for name in node.targets] == [
                "__all__"
            ]
            if not (docstring or names or isinstance(node, ast.Import | ast.ImportFrom)):
                yield f"{source.name}:{node.lineno} is code"
