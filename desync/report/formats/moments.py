"""Write the document's times as other tools want them.

May know RFC 3339; must not know what happened then.
"""

from typing import Final

_WHOLE: Final = len("1999-11-16T11:05:11")

EPOCH_TEXT: Final = "1970-01-01T00:00:00Z"
"""Stands for a time that is not known, in formats that have to have one."""


def with_microseconds(time: str, zone: str) -> str:
    """Write a time with six decimals: ``1999-11-16T11:05:11.150000`` and the zone as it is wanted."""
    fraction = time[_WHOLE + 1 :].removesuffix("Z")
    return f"{time[:_WHOLE]}.{fraction[:6]:0<6}{zone}"
