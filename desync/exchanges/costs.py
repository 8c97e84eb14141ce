"""How strange a reading of a dialogue is: the scale on which readings are compared.

Only differences matter. One odd code is cheaper than a missing reply and a surplus one together: a
forced pairing with an odd code is a finding, not a repair. Two are dearer. May know nothing.
"""

from typing import Final

MISSING: Final = 90
"""A prompt that no reply answers, though a later one is answered."""
NO_MORE: Final = 10
"""A prompt behind the last reply."""
SURPLUS: Final = 90
"""A reply that answers no prompt."""
UNASKED: Final = 20
"""A reply that left before the server had any prompt that it could answer."""
IMPLAUSIBLE: Final = 100
"""A reply with a code that the prompt cannot draw."""
ANOTHERS: Final = 300
"""A reply with a code that belongs to one kind of prompt (354 to DATA), paired with another kind,
although the server had more prompts by then."""
NONSTANDARD: Final = 50
"""Mail data ended by something else than CRLF . CRLF, or begun without a 354."""
TAKEN: Final = 0
"""The same where the server accepted the message before it had the standard end: nothing else explains it."""
UNSWALLOWED: Final = 50
"""A chunk that was refused and whose octets were read as commands."""
IN_A_HOLE: Final = 20
"""A missing or surplus reply where the capture has a hole that may hold its partner."""
HEADLESS: Final = 20
"""A prompt of which a hole took the beginning, and that nothing answers."""
EARLY: Final = 10
"""Next to a hole, a prompt that left before the reply to the one before had arrived. Of two readings
that are as good else, the one that accuses nobody is taken."""
LAG: Final = 1
"""A reply that left when the server had more than the prompt it is paired with."""
