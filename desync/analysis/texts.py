"""Octets as the text that a record keeps of them.

May know nothing but octets.
"""

from typing import Final

NAME_LIMIT: Final = 255
"""Characters of a name, banner or address that are kept (RFC 5321, section 4.5.3.1)."""


def text_of(octets: bytes) -> str:
    """Octets as text: UTF-8 where they are (RFC 6531), else with escapes; never an exception."""
    return octets.decode("utf-8", "backslashreplace")


def name_text(octets: bytes | None) -> str | None:
    """A name, banner or address as text, cut to what is kept of one; None where there is none."""
    if octets is None:
        return None
    text = text_of(octets[: 4 * NAME_LIMIT + 4])
    return text if len(text) <= NAME_LIMIT else text[:NAME_LIMIT] + "..."


def hidden(count: int) -> str:
    """What stands in the place of octets that must not be shown."""
    return f"<{count} octet{'' if count == 1 else 's'}>"
