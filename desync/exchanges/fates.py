"""What may become of a message, in a word.

Imports nothing of the project.
"""

from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["delivered", "refused", "lost", "duplicate-risk", "abandoned", "unknown"]
TrueOutcome: TypeAlias = Literal["accepted", "refused", "unknown", "none"]
"""``refused``: the server refused the message, or so much before it that none could be sent.
``none``: nothing was refused, and no end of mail data was sent."""
