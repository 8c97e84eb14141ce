"""What stands behind the options: addresses, times and codes, checked as they are read.

May know click and how values are written; must not know what is done with them.
"""

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from typing import Final

import click
from click.shell_completion import CompletionItem

from desync.units import SECOND

_FRACTION: Final = re.compile(r"(?<=:\d\d)\.(\d{1,9})(?![\d.,])")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_addresses(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Check IPv4 and IPv6 addresses, and give each its usual spelling.

    Raises:
        BadParameter: One is no address.
    """
    return tuple(_address(value) for value in values)


def read_time(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """Read a date, or a date and time (RFC 3339; UTC where no zone is given).

    Returns:
        Nanoseconds since 1970 UTC, exact, or None where the option was not given.

    Raises:
        BadParameter: It is no time.
    """
    if value is None:
        return None
    time = time_of(value)
    if time is None:
        message = f"{value!r} is no time like 2026-11-22 or 2026-11-22T14:05:00Z"
        raise click.BadParameter(message)
    return time


def time_of(text: str) -> int | None:
    """Read a time as ``read_time`` does; None where it is none."""
    fraction = _FRACTION.search(text)
    nanoseconds = int(fraction[1].ljust(9, "0")) if fraction else 0
    whole = _whole_seconds(_FRACTION.sub("", text))
    return None if whole is None else whole * SECOND + nanoseconds


def read_codes(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Read codes separated by commas; ``SYNC`` or ``CAP9`` stands for all that begin so.

    Raises:
        BadParameter: There is no such finding.
    """
    wanted: list[str] = []
    for word in [] if value is None else value.split(","):
        beginning = word.strip().upper()
        matching = [code for code in _names() if beginning and code.startswith(beginning)]
        if not matching:
            message = f"no finding has the code {word!r}; 'desync explain' lists all"
            raise click.BadParameter(message)
        wanted += matching
    return tuple(dict.fromkeys(wanted))


def complete_codes(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the last code of a list, with the finding's name beside it where the shell shows that."""
    before, comma, last = incomplete.rpartition(",")
    return [
        CompletionItem(before + comma + code, help=name)
        for code, name in _names().items()
        if code.startswith(last.upper())
    ]


def complete_findings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete one code, or a finding's name where that is what was begun."""
    named = [
        CompletionItem(name, help=code)
        for code, name in _names().items()
        if incomplete and name.startswith(incomplete.lower())
    ]
    return named or complete_codes(ctx, param, incomplete)


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError as error:
        message = f"{value!r} is no IPv4 or IPv6 address (names are not looked up)"
        raise click.BadParameter(message) from error


def _whole_seconds(text: str) -> int | None:
    """Read a time without a fraction; None where it is none."""
    if "." in text or "," in text:  # a fraction that is not a fraction of a second
        return None
    try:
        when = datetime.fromisoformat(text)
        return (when.replace(tzinfo=when.tzinfo or UTC) - _EPOCH) // timedelta(seconds=1)
    except (ValueError, OverflowError):
        return None


def _names() -> dict[str, str]:
    """Give the name of each code."""
    from desync.findings.catalogue import RULES  # noqa: PLC0415 - imports every rule, and NumPy with them

    return {rule.code: rule.name for rule in RULES}
