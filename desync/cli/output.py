"""Where data goes: standard output, or a file that appears only when it is whole.

May know streams and files; must not know what is written.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import BinaryIO, TextIO, TypeVar

import click

from desync.cli.exit_codes import ExitCode
from desync.report.escape import escape

_Stream = TypeVar("_Stream", TextIO, BinaryIO)


class OutputError(click.ClickException):
    """The output cannot be written."""

    exit_code = int(ExitCode.USAGE)


@contextmanager
def text_output(path: str | None, *, paged: bool = False) -> Iterator[TextIO]:
    """Open the output for text.

    Args:
        path: A file, or None or ``-`` for standard output.
        paged: Whether it is text for people, that a pager shows where standard output is a terminal.

    Yields:
        A stream that takes any text: what its encoding has not is written as an escape. A
        reader that goes away early (``| head``) is no error; the rest is not written.

    Raises:
        OutputError: The output cannot be written.
    """
    try:
        if path is None or path == "-":
            yield from _standard_output(paged=paged)
        else:
            yield from _file(path, _text)
    except BrokenPipeError:
        _write_nowhere()
    except OSError as error:
        raise _unwritten(path or "standard output", error) from error


@contextmanager
def binary_output(path: str) -> Iterator[BinaryIO]:
    """Open a file for octets.

    Args:
        path: The file, or ``-`` for standard output.

    Raises:
        OutputError: The output cannot be written.
    """
    try:
        if path == "-":
            yield from _standard_octets()
        else:
            yield from _file(path, _octets)
    except BrokenPipeError:
        _write_nowhere()
    except OSError as error:
        raise _unwritten(path, error) from error


def _unwritten(name: str, error: OSError) -> OutputError:
    return OutputError(f"cannot write {escape(name)}: {error.strerror}")


def _standard_output(*, paged: bool) -> Iterator[TextIO]:
    if sys.stdout is None:  # the caller closed it: `>&-`
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if paged and sys.stdout.isatty():
        from desync.cli.pager import pager_command, through  # noqa: PLC0415 - starts processes: seldom needed

        command = pager_command(os.environ)
        if command is not None:
            yield from through(command)
            return
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    yield sys.stdout
    sys.stdout.flush()


def _standard_octets() -> Iterator[BinaryIO]:
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def _file(path: str, opened: Callable[[str, str], _Stream]) -> Iterator[_Stream]:
    """Write beside the file first, so that half a report never bears its name."""
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - a text, as the caller wrote it
        with opened(path, "w") as stream:
            yield stream
        return
    partial = f"{path}.{os.getpid()}.partial"
    try:
        with opened(partial, "x") as stream:
            yield stream
        os.replace(partial, path)  # noqa: PTH105 - the same
    finally:
        with suppress(FileNotFoundError):
            os.unlink(partial)  # noqa: PTH108 - the same


def _text(path: str, mode: str) -> TextIO:
    return open(path, mode, encoding="utf-8", errors="backslashreplace")  # type: ignore[return-value]  # noqa: PTH123 - the same


def _octets(path: str, mode: str) -> BinaryIO:
    return open(path, f"{mode}b")  # type: ignore[return-value]  # noqa: PTH123 - the same


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
