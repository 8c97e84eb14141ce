"""Times as text: RFC 3339, UTC, with the precision that the capture has.

May know nanoseconds; must not know what happened then.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from desync.units import SECOND

_LAST: Final = 253402300799
"""Seconds of the last moment of the year 9999, the last that RFC 3339 can write."""


def rfc3339(time: int | None, digits: int) -> str | None:
    """Write a time.

    Args:
        time: Nanoseconds since 1970 UTC, or None.
        digits: Decimal digits behind the second, 0 to 9; the rest is cut off, not rounded.

    Returns:
        The time; None where it is not known or cannot be written.
    """
    if time is None:
        return None
    seconds, fraction = divmod(time, SECOND)
    if not -62135596800 <= seconds <= _LAST:
        return None
    moment = _moment(seconds)
    decimals = f".{fraction:09d}"[: digits + 1] if digits else ""
    return f"{moment}{decimals}Z"


@lru_cache(maxsize=256)
def _moment(seconds: int) -> str:
    """A second's date and time; what is printed one after the other lies close together."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def nanoseconds_of(time: str | None) -> int | None:
    """Read a time that ``rfc3339`` has written.

    Returns:
        Nanoseconds since 1970 UTC; None for None.
    """
    if time is None:
        return None
    moment, _, fraction = time.removesuffix("Z").partition(".")
    seconds = datetime.fromisoformat(moment).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (seconds.days * 86_400 + seconds.seconds) * SECOND + int(f"{fraction:0<9}")
