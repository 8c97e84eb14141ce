"""What stands behind the options: addresses, times and codes, checked as they are read.

May know click and how values are written; must not know what is done with them.
"""

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from desync.units import SECOND

_FRACTION: Final = re.compile(r"(?<=:\d\d)\.(\d{1,9})")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class AddressParameter(click.ParamType[str]):
    """An IPv4 or IPv6 address, in its usual spelling afterwards."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check an address."""
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            self.fail(f"{value!r} is no IPv4 or IPv6 address (names are not looked up)", param, ctx)


class TimeParameter(click.ParamType[int]):
    """A time, as nanoseconds since 1970 UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a date, or a date and time (RFC 3339; UTC where no zone is given)."""
        if isinstance(value, int):
            return value
        fraction = _FRACTION.search(value)
        nanoseconds = int(fraction[1].ljust(9, "0")) if fraction else 0
        try:
            when = datetime.fromisoformat(_FRACTION.sub("", value))
            whole = (when.replace(tzinfo=when.tzinfo or UTC) - _EPOCH) // timedelta(seconds=1)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time like 2026-11-22 or 2026-11-22T14:05:00Z", param, ctx)
        return whole * SECOND + nanoseconds


class CodesParameter(click.ParamType[tuple[str, ...]]):
    """Codes of findings, separated by commas; ``SYNC`` or ``CAP9`` stands for all that begin so."""

    name = "codes"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Check codes, and replace beginnings by all codes that begin so."""
        if isinstance(value, tuple):
            return value
        known = _codes()
        wanted: list[str] = []
        for word in (word.strip().upper() for word in value.split(",")):
            matching = [code for code in known if word and code.startswith(word)]
            if not matching:
                self.fail(f"no finding has the code {word!r}; 'desync explain' lists all", param, ctx)
            wanted += matching
        return tuple(dict.fromkeys(wanted))

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete the last code of the list."""
        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + code) for code in _codes() if code.startswith(last.upper())]


def complete_code(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a code, with the finding's name beside it where the shell shows that."""
    from desync.findings.catalogue import RULES  # noqa: PLC0415 - imports every rule

    return [
        CompletionItem(rule.code, help=rule.name)
        for rule in RULES
        if rule.code.startswith(incomplete.upper())
    ]


def _codes() -> list[str]:
    from desync.findings.catalogue import RULES  # noqa: PLC0415 - imports every rule

    return [rule.code for rule in RULES]
