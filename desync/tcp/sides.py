"""The words that streams are spoken of in: whose they are, how they begin, why octets are missing.

Imports nothing of the project.
"""

from typing import Literal, TypeAlias

Side: TypeAlias = Literal["client", "server"]
Origin: TypeAlias = Literal["syn", "first-seen"]
GapKind: TypeAlias = Literal["loss", "snaplen", "fragment", "dropped"]
