"""Name the programs that are measured, each with its command.

May know how each program is called; must not know how it is measured.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Command = Callable[[Path, Path], list[str]]
"""Gives a command for a capture and a directory for what the program writes."""

BASE: Final = "desync"
"""The tool that all others are compared with."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A program and how it is called.

    Attributes:
        name: What the table calls it.
        program: What must be installed.
        command: Its command.
        reports: Whether it prints desync's report as JSON, to be checked.
    """

    name: str
    program: str
    command: Command
    reports: bool = False

    @property
    def installed(self) -> bool:
        """Whether it can be run here."""
        return shutil.which(self.program) is not None


def _desync(*options: str) -> Command:
    return lambda capture, _: [
        sys.executable,
        "-m",
        "desync",
        "scan",
        "--format",
        "json",
        *options,
        str(capture),
    ]


def _piped(decompressor: str) -> Command:
    script = f'{decompressor} -dc "$1" | "$0" -m desync scan --format json -'
    return lambda capture, _: ["sh", "-c", script, sys.executable, str(capture)]


def _tshark(capture: Path, _: Path) -> list[str]:
    fields = ("frame.number", "tcp.stream", "smtp.req.command", "smtp.response.code")
    shown = [word for field in fields for word in ("-e", field)]
    return ["tshark", "-n", "-r", str(capture), "-Y", "smtp", "-T", "fields", *shown]


DESYNC: Final = (
    Tool(BASE, sys.executable, _desync(), reports=True),
    Tool("desync --jobs 1", sys.executable, _desync("--jobs", "1"), reports=True),
)

OTHERS: Final = (
    Tool("desync --hash", sys.executable, _desync("--hash"), reports=True),
    Tool("tshark", "tshark", _tshark),
    Tool(
        "tcpflow", "tcpflow", lambda capture, out: ["tcpflow", "-r", str(capture), "-o", str(out / "flows")]
    ),
    Tool("tcptrace", "tcptrace", lambda capture, _: ["tcptrace", "-n", str(capture)]),
    Tool(
        "tcpdump",
        "tcpdump",
        lambda capture, out: ["tcpdump", "-r", str(capture), "-w", str(out / "mail.pcap"), "tcp port 25"],
    ),
)

DECOMPRESSORS: Final = {
    name: Tool(f"{name} -dc | desync -", name, _piped(name), reports=True) for name in ("gzip", "zstd")
}
