"""The SHA-256 of a capture as it is stored.

May know files and URLs; must not know what is in them.
"""

from typing import Final

from desync.capture.member import Member
from desync.capture.open import open_capture
from desync.capture.remote import sha256_of
from desync.capture.url import Url
from desync.errors import CaptureError

HASH_OCTETS: Final = 1 << 18
"""Octets hashed at a time."""


def hash_of(path: str, octets: int | None = None) -> str | None:
    """Hash a capture; None where it cannot be read.

    Args:
        path: The file; or its URL, or a member of an archive, which are hashed whole.
        octets: How many octets of a file, None for all.
    """
    import hashlib  # noqa: PLC0415 - brings OpenSSL along

    digest, left = hashlib.sha256(), octets
    try:
        if isinstance(path, Url):
            return sha256_of(path)
        if isinstance(path, Member):
            with open_capture(path, hashed=True) as member:
                return member.sha256
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a path from the caller, as it is
            while piece := file.read(HASH_OCTETS if left is None else min(left, HASH_OCTETS)):
                digest.update(piece)
                left = None if left is None else left - len(piece)
    except (OSError, CaptureError):
        return None
    return digest.hexdigest()
