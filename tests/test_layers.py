"""The layers of the package hold, and the checks of them notice what does not."""

from pathlib import Path
from textwrap import dedent

import pytest
from layers import (
    CRAFT,
    LEAVES,
    STAGES,
    TOP,
    clock_users,
    code_in_packages,
    file_users,
    sources,
    type_checking,
    wrong_imports,
)

PACKAGE = Path(__file__).parent.parent / "desync"

CHECKS = (wrong_imports, file_users, clock_users, type_checking, code_in_packages)


@pytest.mark.parametrize("check", CHECKS)
def test_the_house_stands_as_designed(check):
    assert list(check(PACKAGE)) == []


def test_every_module_is_of_a_known_part():
    assert {source.part for source in sources(PACKAGE)} <= {*STAGES, *LEAVES, *TOP, CRAFT}
    assert {source.part for source in sources(PACKAGE)} >= {*STAGES, *LEAVES, *TOP, CRAFT}


SOUND = {
    "__init__.py": "import importlib as i\ni.import_module('desync.report.show')\ni.import_module(x)",
    "__main__.py": "from desync.cli.main import main",
    "units.py": "from typing import Final",
    "errors.py": "",
    "capture/__init__.py": '"""Reads."""',
    "capture/read.py": "import os\nfrom desync.errors import E\nos.open('x', 0)\nopen('x')",
    "tcp/__init__.py": '"""Joins."""\nfrom desync.tcp.join import x\n__all__ = ["x"]',
    "tcp/join.py": "from desync import units\nfrom desync.capture.read import y\n(y if y else y)(units)",
    "report/show.py": "import rich\nfrom desync.archive.scan import scan",
    "archive/scan.py": "import time\nfrom desync.tcp.join import x\ntime.time()",
    "craft/make.py": "def make():\n    from scapy.all import IP\n    open('x')\nfrom desync.units import S",
    "cli/main.py": "import click\nfrom desync.craft.make import make\nfrom desync.report.show import z",
}
"""A small house in order."""

VIOLATIONS = [
    ("tcp/join.py", "from desync.smtp.lines import x", wrong_imports),
    ("tcp/join.py", "import desync.report", wrong_imports),
    ("tcp/join.py", "from desync import report", wrong_imports),
    ("tcp/join.py", "from desync import scan", wrong_imports),
    ("tcp/join.py", "def f():\n    from desync.findings.judge import x", wrong_imports),
    (
        "tcp/join.py",
        "def f():\n    import importlib\n    importlib.import_module('desync.cli.main')",
        wrong_imports,
    ),
    ("tcp/join.py", "def f(name):\n    return __import__(name)", wrong_imports),
    ("tcp/join.py", "from . import x", wrong_imports),
    ("tcp/join.py", "from ..report import x", wrong_imports),
    ("tcp/join.py", "from desync.craft.make import make", wrong_imports),
    ("tcp/join.py", "from scapy.all import IP", wrong_imports),
    ("tcp/join.py", "try:\n    import dpkt\nexcept ImportError:\n    pass", wrong_imports),
    ("archive/scan.py", "import rich.table", wrong_imports),
    ("archive/scan.py", "from desync.report.show import z", wrong_imports),
    ("report/show.py", "from desync.craft.make import make", wrong_imports),
    ("report/show.py", "import click", wrong_imports),
    ("craft/make.py", "from desync.capture.read import y", wrong_imports),
    ("units.py", "from desync.errors import E", wrong_imports),
    ("errors.py", "import numpy as np", wrong_imports),
    ("attic/box.py", "from desync.tcp.join import x", wrong_imports),
    ("tcp/join.py", "def f(path):\n    with open(path) as file:\n        return file", file_users),
    ("tcp/join.py", "import os\nos.open('x', 0)", file_users),
    ("tcp/join.py", "from pathlib import Path\nPath('x').read_text()", file_users),
    ("tcp/join.py", "def f(path):\n    return path.read_bytes()", file_users),
    ("tcp/join.py", "from pathlib import Path\nPath('x').open()", file_users),
    ("tcp/join.py", "import tempfile", file_users),
    ("tcp/join.py", "def f():\n    import mmap", file_users),
    ("tcp/join.py", "import numpy as np\nnp.fromfile('x')", file_users),
    ("tcp/join.py", "import time\ntime.monotonic()", clock_users),
    ("tcp/join.py", "from time import time", clock_users),
    ("report/show.py", "import datetime\ndatetime.datetime.now()", clock_users),
    ("tcp/join.py", "from typing import TYPE_CHECKING", type_checking),
    ("tcp/join.py", "import typing\nif typing.TYPE_CHECKING:\n    pass", type_checking),
    ("tcp/__init__.py", "RULES = []", code_in_packages),
    ("tcp/__init__.py", "def f(): ...", code_in_packages),
]


def made_up(folder, added=()):
    """A small house; ``added`` says what to write into which file besides."""
    for name, text in [*SOUND.items(), *added]:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(dedent(text) + "\n")
    return folder


@pytest.mark.parametrize("check", CHECKS)
def test_a_house_in_order_passes(tmp_path, check):
    assert list(check(made_up(tmp_path))) == []


@pytest.mark.parametrize(("name", "text", "check"), VIOLATIONS)
def test_a_violation_is_noticed(tmp_path, name, text, check):
    house = made_up(tmp_path, [(name, text)])
    (found,) = check(house)
    assert found.startswith(name.removesuffix(".py").replace("/", ".") + ":")
