"""Units that every stage counts in.

Times are integers: nanoseconds since 1970-01-01T00:00:00 UTC, never float seconds.
Offsets and lengths are integers: octets. Imports nothing.
"""

from typing import Final

SECOND: Final = 1_000_000_000
"""Nanoseconds in a second."""

MILLISECOND: Final = 1_000_000
"""Nanoseconds in a millisecond."""

UNKNOWN_TIME: Final = -(1 << 63)
"""The time of a frame whose record carries none (a pcapng Simple Packet Block)."""
