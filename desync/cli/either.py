"""What a command reads that takes either: a case of an earlier run, or captures to analyse now.

May know the library's calls; must not know what is made of the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from desync.analysis.options import Options
from desync.cli import library
from desync.cli.exit_codes import ExitCode
from desync.cli.inputs import inputs_of
from desync.cli.library import Came, Report
from desync.cli.output import complain, refuse_case_as_output
from desync.cli.printing import exit_code
from desync.cli.progress import scan_progress

_DATABASE: Final = b"SQLite format 3\0"
"""How a case begins; no capture does."""


@dataclass(frozen=True, slots=True)
class Either:
    """A case, or captures.

    Attributes:
        case: The case, or None.
        inputs: The captures, where there is no case.
    """

    case: str | None
    inputs: Sequence[str]

    def read(self, options: Options, *, quiet: bool) -> tuple[Report, Mapping[str, Any]]:
        """Read the case, or analyse the captures.

        Args:
            options: What is asked for; a case holds what it was made with.
            quiet: Whether standard error is for errors only.

        Returns:
            The report and its document.

        Raises:
            DesyncError: The case or the cluster cannot be used, or a worker was killed.
        """
        if self.case is not None:
            stored = library.stored(self.case)
            if not stored.finished and not quiet:
                complain("a later run on this case has not come to its end; this is the report before it")
            return stored, stored.view()
        with scan_progress(self.inputs, wanted=not quiet, verbose=False) as progress:
            report = library.scan(self.inputs, options, progress)
            return report, report.view(all=options.details)


def either_of(paths: Sequence[str], output: str | None) -> Either:
    """Tell whether one path is a case, and check it against what is to be written.

    Args:
        paths: A case, or files, directories, patterns, or ``-``.
        output: Where the result goes, or None.

    Raises:
        UsageError: Nothing was named, or the output is an input.
    """
    if len(paths) == 1 and _is_database(paths[0]):
        refuse_case_as_output(output, paths[0])
        return Either(paths[0], ())
    return Either(None, inputs_of(paths, [], output))


def ended(report: Came, document: Mapping[str, Any], where: str = "") -> ExitCode:
    """Say what could not be analysed, and give the exit code.

    Args:
        report: The report.
        document: Its document.
        where: In which of several inputs, `` in A``.
    """
    for path, reason in report.unreadable:
        complain(f"{path}: {reason}")
    if not report.analysed:
        complain(f"nothing could be analysed{where}")
    return exit_code(report, document, None)


def _is_database(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a text, as the caller wrote it
            return file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        # A directory, a pattern, standard input; or it is said when it is scanned.
        return False
