"""Measure desync beside the programs that people use today, on the same files in one run.

May know captures, tools and tables; must not know how any of them does its work. One command makes
the captures, runs every tool on each in turn, several times, and prints the medians::

    python tests/benchmarks/run.py
    python tests/benchmarks/run.py --scale 0.1 --repeat 3 --captures smtp,mixed

desync's byte code is compiled first, as pip does when it installs a package: without it a small
capture would mostly measure the compiler. Programs that are not installed are left out; on Debian:
``apt install tshark tcpflow tcptrace tcpdump gzip zstd``. Exit code: 0; 1 if an answer of desync was
wrong or a program failed; 130 after Ctrl-C.
"""

import argparse
import compileall
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from answers import mistakes
from generate import Truth
from measure import Measurement, measure
from plans import PLANS, Plan, provide, remove, scaled, warm
from table import Row, Sheet, as_markdown, as_text, comparisons
from tools import DECOMPRESSORS, DESYNC, OTHERS, Tool


def main() -> int:
    """Do what the command line asks for."""
    asked = _arguments()
    plans = [scaled(plan, asked.scale) for plan in PLANS if plan.name in asked.captures]
    directory = Path(asked.directory or tempfile.mkdtemp(prefix="desync-benchmark-")).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    _say(f"{_machine()}; captures in {directory}")
    _compile()
    sheets: list[Sheet] = []
    try:
        for plan in plans:
            sheets.append(_sheet(plan, directory, asked))
            sys.stdout.write(f"{as_text(sheets[-1])}\n")
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    finally:
        if not asked.keep:
            with suppress(OSError):  # others' files lie there
                directory.rmdir()
    _print(sheets, asked.json)
    return int(any(row.wrong for sheet in sheets for row in sheet.rows))


def _compile() -> None:
    """Compile the package's byte code, as an installation has it."""
    package = find_spec("desync")
    for folder in package.submodule_search_locations or () if package else ():
        if not compileall.compile_dir(folder, quiet=2):
            _say(f"{folder}: the byte code could not be written; starting takes the longer")


def _arguments() -> argparse.Namespace:
    names = [plan.name for plan in PLANS]
    parser = argparse.ArgumentParser(description="Measure desync beside the programs that people use today.")
    parser.add_argument(
        "--captures", type=_names(names), default=names, help=f"which, with commas, of {','.join(names)}"
    )
    known = [tool.name for tool in (*DESYNC, *OTHERS, *DECOMPRESSORS.values())]
    parser.add_argument(
        "--tools", type=_names(known), help=f"only these, on every capture, of {','.join(known)}"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="make the captures so much larger")
    parser.add_argument("--repeat", type=int, default=5, help="how often each tool runs on each capture")
    parser.add_argument("--directory", help="where to make the captures (default: a temporary one)")
    parser.add_argument("--keep", action="store_true", help="leave the captures there, for the next run")
    parser.add_argument("--json", help="write all measurements to this file")
    return parser.parse_args()


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Read a list of names with commas, of those that are known."""

    def read(text: str) -> list[str]:
        names = text.split(",")
        if strange := [name for name in names if name not in known]:
            message = f"not known: {', '.join(strange)}; known: {', '.join(known)}"
            raise argparse.ArgumentTypeError(message)
        return names

    return read


def _chosen(plan: Plan, names: Sequence[str] | None) -> list[Tool]:
    """Choose the tools for a capture, and say which are missing."""
    extra = [DECOMPRESSORS[plan.compression]] if plan.compression else []
    compared = OTHERS if plan.compared or names else ()
    wanted = [tool for tool in (*DESYNC, *extra, *compared) if names is None or tool.name in names]
    for tool in wanted:
        if not tool.installed:
            _say(f"{tool.program} is not installed: left out")
    return [tool for tool in wanted if tool.installed]


def _sheet(plan: Plan, directory: Path, asked: argparse.Namespace) -> Sheet:
    """Make a capture, run every tool on it in turn, and do so again."""
    try:
        _say(f"{plan.name}: making it")
        path, truth = provide(plan, directory)
        warm(path)
        tools = _chosen(plan, asked.tools)
        runs: dict[str, list[Measurement]] = {tool.name: [] for tool in tools}
        wrong: dict[str, dict[str, None]] = {tool.name: {} for tool in tools}
        for turn in range(1, asked.repeat + 1):
            for tool in tools:
                run, errors = _run(tool, path, truth)
                runs[tool.name].append(run)
                wrong[tool.name].update(dict.fromkeys(errors))
                took = "; ".join([f"{run.wall / 1e9:.2f} s", *errors])
                _say(f"{plan.name} {turn}/{asked.repeat}: {tool.name}: {took}")
        rows = tuple(Row(tool.name, tuple(runs[tool.name]), tuple(wrong[tool.name])) for tool in tools)
        return Sheet(plan.name, path.stat().st_size, truth, rows, plan.than)
    finally:
        if not asked.keep:
            remove(plan, directory)


def _run(tool: Tool, path: Path, truth: Truth) -> tuple[Measurement, list[str]]:
    """Run a tool once in a directory of its own; say what is wrong about its answer."""
    with tempfile.TemporaryDirectory(prefix="desync-benchmark-") as scratch:
        output = Path(scratch) / "output"
        run = measure(tool.command(path, Path(scratch)), output, Path(scratch))
        errors = [f"exit code {run.code}"] if run.code else []
        return run, errors + (mistakes(output, truth) if tool.reports else [])


def _print(sheets: Sequence[Sheet], path: str | None) -> None:
    compared = comparisons(sheets)
    if compared:
        sys.stdout.write("\n".join([*compared, "", ""]))
    sys.stdout.write(f"In Markdown ({_machine()}):\n\n")
    sys.stdout.write("\n".join(as_markdown(sheet) for sheet in sheets))
    sys.stdout.write("".join(f"\n- {line}" for line in compared) + "\n")
    if path:
        document = {"machine": _machine(), "captures": [asdict(sheet) for sheet in sheets]}
        Path(path).write_text(json.dumps(document, indent=1) + "\n")


def _machine() -> str:
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, load {load:.1f}, {platform.system()}, Python {platform.python_version()}"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
