"""Print how many frames each reader recovers from damaged captures, and how many that never were.

    damage.py [--tries N] [DIRECTORY]

Without a directory the captures are made here (``damaged.py``); ``12`` is frames recovered whole, ``+3`` what
was given out as frames and never was one. With one, every file in it is read, and frames are only counted.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from damaged import Sample, samples
from readers import READERS


def main() -> None:
    """Print the table, as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tries", type=int, default=3, help="captures for each kind of damage")
    parser.add_argument("directory", nargs="?", type=Path)
    options = parser.parse_args()
    columns = [*([] if options.directory else ["still whole"]), *READERS]
    _say(f"| damage | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    if options.directory is not None:
        for path in sorted(options.directory.iterdir()):
            counts = [str(sum(1 for _ in read(path))) for read in READERS.values()] if path.is_file() else []
            if counts:
                _say(f"| {path.name} | {' | '.join(counts)} |")
        return
    totals: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for several in samples(options.tries):
            row = _row(several, Path(folder), totals)
            _say(f"| {several[0].name} | {' | '.join(row)} |")
    row = [f"{totals[name]:,}{_false(totals[f'{name} false'])}" for name in columns]
    _say(f"| **all** | {' | '.join(row)} |")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _row(several: list[Sample], folder: Path, totals: Counter[str]) -> list[str]:
    whole = sum(len(one.whole) * (2 if "two captures" in one.name else 1) for one in several)
    totals["still whole"] += whole
    row = [f"{whole:,}"]
    for name, read in READERS.items():
        right = false = 0
        for one in several:
            path = folder / "damaged"
            path.write_bytes(one.octets)
            for octets in read(path):
                right += octets in one.whole
                false += one.is_false(octets)
        totals[name] += right
        totals[f"{name} false"] += false
        row.append(f"{right:,}{_false(false)}")
    return row


def _false(count: int) -> str:
    return f" +{count:,}" if count else ""


if __name__ == "__main__":
    main()
