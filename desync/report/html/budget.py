"""How many connections a page draws and lists, so that a thousand bad ones leave it usable.

May know numbers; must not know what is drawn. A drawn connection takes 10 to 40 kB of the page as a rule, a
listed one 0.5 kB: the page stays below 10 MB however many there are, and whatever they hold.
"""

from typing import Final, NamedTuple

OPEN: Final = 8
"""Groups whose first connection stands open, with all that proves it."""

DRAWN_OF_GROUP: Final = 10
DRAWN: Final = 120
"""Connections that are drawn, of a group and in all."""

ROOM: Final = 5_000_000
"""Characters that pictures and evidence may take; nothing is drawn once they are used up."""

LISTED_OF_GROUP: Final = 500
LISTED: Final = 3000
"""Connections without a picture that have a row in a table, of a group and in all."""

GROUPS: Final = 500
"""Groups that have a place of their own."""


class Share(NamedTuple):
    """What a group gets: how many are drawn, whether the first stands open, how many more are listed."""

    drawn: int
    open: bool
    listed: int


class Budget:
    """Gives each group its share, the gravest first.

    Args:
        groups: How many there are.
    """

    def __init__(self, groups: int) -> None:
        # The first of each group is drawn before the second of any.
        self._firsts = min(groups, DRAWN)
        self._more = DRAWN - self._firsts
        self._open = OPEN
        self._room = ROOM
        self._listed = LISTED

    def take(self, connections: int) -> Share:
        """Take the share of the next group, of so many connections."""
        first = min(self._firsts, 1) if self._room > 0 else 0
        others = min(connections - 1, DRAWN_OF_GROUP - 1, self._more) if first else 0
        drawn = first + others
        listed = min(connections - drawn, LISTED_OF_GROUP, self._listed)
        share = Share(drawn, open=bool(drawn and self._open), listed=listed)
        self._firsts -= first
        self._more -= others
        self._open -= share.open
        self._listed -= listed
        return share

    def spend(self, characters: int) -> bool:
        """Count what a connection took of the page; say whether another one may be drawn."""
        self._room -= characters
        return self._room > 0
