"""Sizes that RFC 5321 sets.

Imports nothing of the project.
"""

from typing import Final

LONGEST_LINE: Final = 512
"""Octets of a reply line with its CRLF (RFC 5321, section 4.5.3.1.5)."""
