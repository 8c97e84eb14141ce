r"""Fuzz a target guided by coverage, and say what came of it.

    python tests/fuzz/run.py words --seconds 60 --corpus /tmp/corpus
    python tests/fuzz/run.py --all --seconds 10

Prints for each target a line: seconds of the processor, executions, edges and features covered, files
of the corpus, the most memory, and what was found. The fuzzer itself takes more memory the longer it
runs: for hours, run it again and again with the same corpus. Each finding lies in the corpus directory,
to be made small and put into ``tests/fuzz/corpus``. Needs atheris (``pip install .[fuzz]``); without it
this ends with 0, having said so: ``test_fuzz_replay.py`` runs what was found before in any case.
"""

import argparse
import importlib.util
import os
import pkgutil
import re
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

TESTS = Path(__file__).parents[1]
NAMES = ("captures", "compressed", "frames", "segments", "words", "talk", "report")
CORPUS = TESTS / "fuzz" / "corpus"
LATE = ("desync.analysis.", "desync.archive.repeats", "desync.findings.", "desync.report.")
"""Some of these are imported only where they are needed, when it is too late to instrument them."""

MOST_MEGABYTES = 500
LONGEST_SECONDS = 10


class Outcome(NamedTuple):
    """What a run came to."""

    name: str
    seconds: float
    executions: int
    edges: int
    features: int
    kept: int
    megabytes: int
    found: list[str]

    def __str__(self) -> str:
        """One line."""
        found = ", ".join(self.found) or "nothing found"
        return (
            f"{self.name}: {self.seconds:.0f} CPU s, {self.executions:,} executions, {self.edges:,} edges, "
            f"{self.features:,} features, {self.kept:,} in the corpus, {self.megabytes:,} MB at most: {found}"
        )


def main() -> int:
    """Fuzz what the command line names."""
    parser = argparse.ArgumentParser(description="Fuzz desync guided by coverage.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(NAMES)}")
    parser.add_argument("--all", action="store_true", help="every target, one after the other")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--corpus", help="a directory to begin with and to keep what covers more")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked, rest = parser.parse_known_args()
    if asked.child:
        _fuzz(asked.targets[0], rest)
    names = NAMES if asked.all else asked.targets
    if rest or not names or set(names) - set(NAMES):
        parser.error(f"name one of {', '.join(NAMES)}, or --all")
    if importlib.util.find_spec("atheris") is None:
        sys.stdout.write("atheris is not installed: nothing was fuzzed\n")
        return 0
    with TemporaryDirectory() as folder:
        outcomes = [run(name, asked.seconds, Path(asked.corpus or folder, name)) for name in names]
    return int(any(one.found for one in outcomes))


def run(name: str, seconds: int, corpus: Path) -> Outcome:
    """Fuzz a target in a process of its own, and print what came of it."""
    corpus.mkdir(parents=True, exist_ok=True)
    found = corpus.parent / f"{name}-found"
    found.mkdir(exist_ok=True)
    known = set(found.iterdir())
    command = [
        sys.executable, __file__, name, "--child", str(corpus), f"-max_total_time={seconds}",
        f"-rss_limit_mb={MOST_MEGABYTES}", f"-timeout={LONGEST_SECONDS}", f"-artifact_prefix={found}/",
        "-print_final_stats=1", "-verbosity=1",
    ]  # fmt: skip
    before = _processor()
    told = subprocess.run(command, capture_output=True, check=False, text=True,
                          errors="replace", env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})  # fmt: skip
    last = re.findall(r"cov: (\d+) ft: (\d+)", told.stderr)[-1:] or [(0, 0)]
    executions = re.findall(r"stat::number_of_executed_units: *(\d+)", told.stderr)
    megabytes = re.findall(r"stat::peak_rss_mb: *(\d+)", told.stderr)
    fresh = sorted(str(path) for path in set(found.iterdir()) - known)
    if told.returncode and not fresh:
        fresh = [f"ended with {told.returncode}"]
    outcome = Outcome(
        name,
        _processor() - before,
        int(executions[-1]) if executions else 0,
        *map(int, last[0]),
        len(list(corpus.iterdir())),
        int(megabytes[-1]) if megabytes else 0,
        fresh,
    )
    sys.stdout.write(f"{outcome}\n")
    sys.stdout.flush()
    if fresh:
        sys.stderr.write(told.stdout[-6000:] + told.stderr[-2000:])
    return outcome


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _late() -> list[str]:
    package = importlib.import_module("desync")
    return [
        one.name for one in pkgutil.walk_packages(package.__path__, "desync.") if one.name.startswith(LATE)
    ]


def _fuzz(name: str, arguments: list[str]) -> None:
    """Be the process that fuzzes: it does not come back."""
    import atheris  # noqa: PLC0415 - an extra

    sys.path.insert(0, str(TESTS))
    with atheris.instrument_imports(include=["desync"]):
        target = importlib.import_module(f"fuzz.{name}")
        for module in _late() if name == "report" else ():
            with suppress(ImportError):  # an extra that is not there
                importlib.import_module(module)
    corpus = Path(arguments[0])
    found_before = [path.read_bytes() for path in sorted(CORPUS.glob(f"{name}/*"))]
    for number, seed in enumerate([*target.seeds(), *found_before]):
        corpus.joinpath(f"seed{number}").write_bytes(seed[: target.LONGEST])
    atheris.Setup([sys.argv[0], f"-max_len={target.LONGEST}", *arguments], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
