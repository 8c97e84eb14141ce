"""What a server calls the message that it has accepted, in the words of known servers.

May know the text of replies; must not know what they answer.
"""

import re
from typing import Final

from desync.smtp.reply import Reply

LONGEST_LINE: Final = 512
"""Octets of a reply line that are looked at (RFC 5321, section 4.5.3.1.5)."""

_ID: Final = rb"([A-Za-z0-9][\w.+/=-]{0,127})"

_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Postfix: 2.0.0 Ok: queued as 4WxYz0106
        rb"\bqueued as " + _ID,
        # Exim: OK id=1xV79L-0001il-2l
        rb"\bid=" + _ID,
        # sendmail, OpenSMTPD: 2.0.0 tA6IZTQc010322 Message accepted for delivery
        rb"^(?:\d\.\d{1,3}\.\d{1,3} )?(?!\d\.\d{1,3}\.)(?=[^ ]{0,127}\d)" + _ID + rb" Message accepted\b",
        # qmail: ok 1182675387 qp 77793
        rb"^ok \d{1,20} qp (\d{1,20})\b",
        # Exchange: 2.6.0 <...> [InternalId=97779625, Hostname=...] Queued mail for delivery
        rb"\[InternalId=(\d{1,30})\b",
        # Gmail: 2.0.0 OK  1700000000 a1-20020a05600c00b0si123 - gsmtp
        _ID + rb" - gsmtp\b",
        # Haraka: Message Queued (3B5D1A60-...)
        rb"\bMessage Queued \(" + _ID + rb"\)",
        # Amazon SES: Ok 0102018a...-...-000000
        rb"^Ok ([0-9a-f]{16}-[0-9a-f-]{36,60})\Z",
        # Dovecot, LMTP: 2.0.0 <user@host> 4DE/Bq8xHk Saved
        rb"(?<= )(?=[^ ]{0,127}\d)(?!\d\.\d{1,3}\.)" + _ID + rb" Saved\Z",
    )
)


def queue_id_of(reply: Reply) -> bytes | None:
    """What a server named the message in its reply, or None where it is not known to say."""
    for line in reversed(reply.lines):
        text = line.text[:LONGEST_LINE].rstrip()
        for pattern in _PATTERNS:
            if found := pattern.search(text):
                return found[1].rstrip(b".")
    return None
