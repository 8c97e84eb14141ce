"""Recipients that name a way to a mailbox instead of the mailbox.

    Path    = "<" [ A-d-l ":" ] Mailbox ">"                      (RFC 5321, section 4.1.2)
    Mailbox = Local-part "@" ( Domain / address-literal )

May know how an address is written; must not know which hosts are the server's own, nor what became
of it.
"""

import re
from typing import Final, Literal, TypeAlias

Form: TypeAlias = Literal["percent", "bang", "source-route", "quoted", "two-hosts"]
"""How a way is written: see ``SHAPES``."""

SHAPES: Final[dict[Form, str]] = {
    "percent": "user%host@relay",
    "bang": "host!user",
    "source-route": "@relay:user@host",
    "quoted": '"user@host"@relay',
    "two-hosts": "user@host@relay",
}
"""Each form as people write it down."""

_MAILBOX: Final = re.compile(
    rb"(?P<local>\"(?:[^\"\\]|\\.){0,320}\"|.{1,320}?)(?:@(?P<domain>\[[^\]]{1,300}\]|[^@\"\[\]]{1,300}))?\Z",
    re.DOTALL,
)
"""A mailbox; a quoted local part may hold an "@", another one takes all but the last."""

_HOST: Final = rb"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})|\[[0-9A-Za-z.:]{2,60}\])"

# Behind the percent sign a host, not the two digits by which an octet that is no letter and no digit
# is written in an URL ("%40" for "@", "%2B" for "+").
_PERCENT: Final = re.compile(
    rb"[^%]{1,320}(?:%(?!2[0-9A-Fa-f]|3[A-Fa-f]|40|5[B-Eb-e]|60|7[B-Eb-e])" + _HOST + rb"){1,20}\Z"
)
_BANG: Final = re.compile(_HOST + rb"!.{1,320}\Z", re.DOTALL)
_SOURCE_ROUTE: Final = re.compile(rb"@[^@:]{1,300}(?:,@[^@:,]{1,300}){0,20}:.{1,320}@.{1,300}\Z", re.DOTALL)
_REWRITTEN: Final = re.compile(rb"SRS[01][=+-]", re.IGNORECASE)
_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)
_MARKS: Final = re.compile(rb"[%!\"]|@[^@]*@")
"""Without one of these a path names a mailbox: most do."""


def form_of(path: bytes) -> Form | None:
    """Say in which form a forward-path names a way; None where it names a mailbox only.

    A quoted local part stands for the same as without its quotes (section 4.1.2). Bounce addresses
    that are made by a program name no way: the Sender Rewriting Scheme's ``SRS0=...`` is left out;
    ``prvs=...`` (BATV) and ``bounce-user=domain@list`` (VERP) hold none of the marks.

    Args:
        path: The path without its brackets.

    Returns:
        The form. Nothing in ``path`` can make this function raise.

    Source:
        RFC 5321, appendix F.2 (source routes); RFC 1123, section 5.2.16 (the percent sign); RFC 976
        (the exclamation mark).
    """
    if not _MARKS.search(path):
        return None
    if path.startswith(b"@"):
        return "source-route" if _SOURCE_ROUTE.match(path) else None
    mailbox = _MAILBOX.match(path)
    if mailbox is None:
        return None
    local = mailbox["local"]
    if local.startswith(b'"') and local.endswith(b'"') and len(local) > 1:
        local = _ESCAPED.sub(rb"\1", local[1:-1])
        if _names_host(local):
            return "quoted"
    elif _names_host(local):
        return "two-hosts"
    if _REWRITTEN.match(local):
        return None
    return "bang" if _BANG.match(local) else "percent" if _PERCENT.match(local) else None


def _names_host(local: bytes) -> bool:
    """Whether a local part is itself a user at a host."""
    user, _, host = local.rpartition(b"@")
    return bool(user and host)
