"""Where data goes: standard output, or a file that appears only when it is whole.

May know streams and files; must not know what is written.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TextIO

import click

from desync.cli.exit_codes import ExitCode
from desync.report.escape import escape


class OutputError(click.ClickException):
    """The output cannot be written."""

    exit_code = int(ExitCode.USAGE)


@contextmanager
def text_output(path: str | None) -> Iterator[TextIO]:
    """Open the output for text.

    Args:
        path: A file, or None or ``-`` for standard output.

    Yields:
        A stream that takes any text: what its encoding has not is written as an escape. A
        reader that goes away early (``| head``) is no error; the rest is not written.

    Raises:
        OutputError: The output cannot be written.
    """
    try:
        if path is None or path == "-":
            yield from _standard_output()
        else:
            yield from _file(path)
    except BrokenPipeError:
        _write_nowhere()
    except OSError as error:
        message = f"cannot write {escape(path or 'standard output')}: {error.strerror}"
        raise OutputError(message) from error


def _standard_output() -> Iterator[TextIO]:
    if sys.stdout is None:  # the caller closed it: `>&-`
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    yield sys.stdout
    sys.stdout.flush()


def _file(path: str) -> Iterator[TextIO]:
    """Write beside the file first, so that half a report never bears its name."""
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - a text, as the caller wrote it
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as stream:  # noqa: PTH123 - the same
            yield stream
        return
    partial = f"{path}.{os.getpid()}.partial"
    try:
        with open(partial, "x", encoding="utf-8", errors="backslashreplace") as stream:  # noqa: PTH123 - the same
            yield stream
        os.replace(partial, path)  # noqa: PTH105 - the same
    finally:
        with suppress(FileNotFoundError):
            os.unlink(partial)  # noqa: PTH108 - the same


def _write_nowhere() -> None:
    """Let what is still buffered go nowhere, or the interpreter complains of it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def refuse_input_as_output(output: str | None, inputs: list[str]) -> None:
    """Refuse to write over a capture that is being read.

    Raises:
        UsageError: The output is one of the inputs.
    """
    if output is None or output == "-":
        return
    for path in inputs:
        with suppress(OSError):
            if os.path.samefile(output, path):  # noqa: PTH121 - a text, as the caller wrote it
                message = f"{escape(output)} is one of the captures; desync never writes over one"
                raise click.UsageError(message)


def refuse_case_as_output(output: str | None, case: str | None) -> None:
    """Refuse to write the report over the case.

    Raises:
        UsageError: They are the same file.
    """
    if output in {None, "-"} or case is None:
        return
    if os.path.realpath(str(output)) == os.path.realpath(case):
        message = f"{escape(case)} is the case; the report needs a file of its own"
        raise click.UsageError(message)


def complain(message: str) -> None:
    """Say on standard error what the data does not say."""
    click.echo(f"desync: {escape(message)}", err=True)
