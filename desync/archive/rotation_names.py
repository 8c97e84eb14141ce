"""What a capture's name says of the rotation that it may be a file of.

    mail.pcap  mail.pcap1  mail.pcap2.gz         tcpdump -C (a count behind the name), compressed by -z
    mail0 mail1 ... mail9                        tcpdump -W, a ring
    mail-20261122-1509.pcap  mail_Nov_22.pcap    tcpdump -G with strftime's words
    mail_00001_20261122150900.pcapng             dumpcap -b, editcap -c and -i
    split_a.pcap  split_b.pcap                   by hand
    2026-11-22/mail.00.pcap                      moved into folders by date

May know names; must not open files.
"""

import os
import re
from typing import Final, NamedTuple

_COMPRESSED: Final = re.compile(r"\.(?:gz|bz2|xz|zst|lz4)$", re.IGNORECASE)
_COUNT: Final = re.compile(r"(?:(?<=[^\W\d_])|[._-])(\d+)$")
"""What tcpdump -C and logrotate put behind the whole name. The first file has none."""

_WORDS: Final = "|".join(
    (
        *("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?"),
        *("aug(?:ust)?", "sep(?:tember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
        *("mon(?:day)?", "tue(?:sday)?", "wed(?:nesday)?", "thu(?:rsday)?", "fri(?:day)?"),
        *("sat(?:urday)?", "sun(?:day)?", "[ap]m"),
    )
)
_FIELD: Final = re.compile(
    rf"\d+|(?<=[_.-])[a-z](?=\.|$)|(?<![^\W\d_])(?:{_WORDS})(?![^\W\d_])", re.IGNORECASE
)
"""What may change from file to file: a number, one letter by itself, a word of strftime (%b %B %a %A %p)."""


class RotationName(NamedTuple):
    """A path, taken apart.

    Attributes:
        shape: What stays the same from file to file.
        fields: What may change, in the order of the path; the count behind the name comes last, ``""``
            where there is none.
    """

    shape: str
    fields: tuple[str, ...]


def rotation_name(path: str) -> RotationName:
    """Take a path apart.

    Args:
        path: Of a capture. Its folders count too: files may have been moved into one for each day.
    """
    folder, name = os.path.split(path)
    name = _COMPRESSED.sub("", name)
    count = _COUNT.search(name)
    if count is not None and count.start() > 0:
        name = name[: count.start()]
    last = count[1] if count is not None and count.start() > 0 else ""
    body = os.path.join(folder, name)  # noqa: PTH118 - paths are texts here, as the caller wrote them
    return RotationName(_FIELD.sub("", body), (*_FIELD.findall(body), last))
