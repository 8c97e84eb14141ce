"""Say which captures are measured, and make them, or take those that lie there.

May know shapes, files and compression; must not know the tools.
"""

import hashlib
import json
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from generate import Shape, Truth, generate

_MILLION: Final = 1_000_000
_SMTP: Final = Shape(_MILLION)
_MIXED: Final = Shape(2 * _MILLION, mail=0.03, body=24.0)
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Plan:
    """A capture to be made and measured.

    Attributes:
        name: What it is called.
        shape: What it holds.
        compression: The program that compresses it, or None.
        compared: Whether other tools run on it too; else only desync, for the file's size alone is
            the question.
        than: The capture whose figures it is set against, or None.
    """

    name: str
    shape: Shape
    compression: str | None = None
    compared: bool = True
    than: str | None = None


PLANS: Final = (
    Plan("smtp", _SMTP),
    Plan("mixed", _MIXED),
    Plan("broken", replace(_SMTP, broken=0.03), than="smtp"),
    Plan("smtp8", replace(_SMTP, frames=8 * _MILLION), compared=False, than="smtp"),
    Plan("mixed3", replace(_MIXED, frames=6 * _MILLION), compared=False, than="mixed"),
    Plan("gzip", _SMTP, compression="gzip", compared=False, than="smtp"),
    Plan("zstd", _SMTP, compression="zstd", compared=False, than="smtp"),
    Plan("tiny", replace(_SMTP, frames=10, body=0.0)),
)
"""``tiny`` is one connection: what it costs to start."""


def scaled(plan: Plan, scale: float) -> Plan:
    """Give the plan with fewer or more frames; ``tiny`` stays as it is."""
    frames = plan.shape.frames
    return plan if frames < 1000 else replace(plan, shape=replace(plan.shape, frames=int(frames * scale)))


def provide(plan: Plan, directory: Path) -> tuple[Path, Truth]:
    """Make a capture, unless one of the same shape and the same generator lies there.

    Raises:
        OSError: It cannot be written.
        CalledProcessError: It cannot be compressed.
    """
    path = directory / f"desync-benchmark-{plan.name}.pcap"
    made = path.with_suffix(".pcap.truth")
    whole = path.with_suffix(f".pcap.{plan.compression}") if plan.compression else path
    origin = {"shape": asdict(plan.shape), "generator": _generator()}
    if made.exists() and whole.exists():
        known = json.loads(made.read_text())
        if known["origin"] == origin and known["size"] == whole.stat().st_size:
            return whole, Truth(**known["truth"])
    truth = generate(path, plan.shape)
    if plan.compression:
        with whole.open("wb") as stream:
            subprocess.run([plan.compression, "-c", path.name], cwd=directory, stdout=stream, check=True)
        path.unlink()
    known = {"origin": origin, "size": whole.stat().st_size, "truth": asdict(truth)}
    made.write_text(json.dumps(known))
    return whole, truth


def remove(plan: Plan, directory: Path) -> None:
    """Remove what ``provide`` made, or began to make."""
    for path in directory.glob(f"desync-benchmark-{plan.name}.pcap*"):
        path.unlink()


def warm(path: Path) -> None:
    """Read a file, so that the page cache holds it for every tool."""
    with path.open("rb", buffering=0) as stream:
        while stream.read(_CHUNK):
            pass


def _generator() -> str:
    """Identify the generator by its own text."""
    here = Path(__file__).parent
    text = b"".join(
        (here / name).read_bytes() for name in ("generate.py", "traffic.py", "servers.py", "wire.py")
    )
    return hashlib.sha256(text).hexdigest()
