"""Captures that are members of archives: how one is named.

    /var/spool/captures/2026-11.tar.gz/mx1.pcap
    all.zip/monday.tar/mx1.pcap.gz
    all.zip/mx1.pcap#2                             the second member of that name

No file can have such a path: its folder would be a file. May know paths; must not know what is in an
archive.
"""

import os
from typing import Self

from desync.capture import url
from desync.capture.url import Url


class Member(str):
    """A member of an archive; its text is its path.

    Args:
        archive: The archive, as the caller named it.
        name: The member's name in it, behind those of the archives around it.

    Attributes:
        archive: The file that holds it.
        name: As given.
    """

    __slots__ = ("archive", "name")
    archive: str
    name: str

    def __new__(cls, archive: str, name: str) -> Self:
        """Put both together."""
        member = super().__new__(cls, f"{archive}/{name}")
        member.archive, member.name = archive, name
        return member

    def __reduce__(self) -> tuple[type["Member"], tuple[str, str]]:
        return Member, (self.archive, self.name)


def named(path: str) -> str:
    """A path as it is to be handled: a ``Url`` or a ``Member`` where it is one, else as it is."""
    path = url.named(path)
    if isinstance(path, Url | Member) or os.path.lexists(path):
        return path
    at = path.rfind("/")
    while at > 0:
        if os.path.isfile(path[:at]):  # noqa: PTH113 - paths are texts here, as the caller wrote them
            return Member(path[:at], path[at + 1 :]) if path[at + 1 :] else path
        at = path.rfind("/", 0, at)
    return path
