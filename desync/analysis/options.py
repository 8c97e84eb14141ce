"""What a caller may ask of an analysis.

May know the words of the command line's options; must not know the command line.
"""

from dataclasses import dataclass
from typing import Final

MAIL_PORTS: Final = frozenset({25, 587, 2525, 24, 1025, 10024, 10025, 10026})
"""Ports on which a connection is mail whatever it says: SMTP, submission, LMTP, test servers, filters."""

ENCRYPTED_PORTS: Final = frozenset({465})
"""Ports on which mail is encrypted from its first octet (RFC 8314)."""

SLICE_OCTETS: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Options:
    """What decides an analysis.

    Attributes:
        ports: Mail ports besides the usual ones.
        hosts: Addresses; connections of others are left out. Empty: all.
        since, until: Nanoseconds since 1970 UTC, half-open: connections without a frame in it are left out.
        select, ignore: Codes of findings to keep (empty: all) and to leave out.
        jobs: Processes that analyse slices; does not change the report.
        cluster: Address of a Dask scheduler whose workers do it instead; does not change the report.
        slice_octets: About how large a slice is; does not change the report.
        hash: Whether to take the SHA-256 of the inputs.
        details: Whether to keep all of clean connections too.
        merge: Whether to join the directions of connections that lie in different captures.
    """

    ports: tuple[int, ...] = ()
    hosts: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    jobs: int = 1
    cluster: str | None = None
    slice_octets: int = SLICE_OCTETS
    hash: bool = False
    details: bool = False
    merge: bool = False

    @property
    def mail_ports(self) -> frozenset[int]:
        """All ports on which a connection is mail."""
        return MAIL_PORTS | ENCRYPTED_PORTS | frozenset(self.ports)

    def reports(self, code: str) -> bool:
        """Whether findings of this code are reported."""
        return (not self.select or code in self.select) and code not in self.ignore
