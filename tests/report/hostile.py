"""Documents whose every text that can come from a capture is hostile to whatever shows it."""

from collections.abc import Iterable

OWN = {
    *("schema", "code", "severity", "certainty", "blame", "evidence", "kind", "side", "model", "candidates"),
    *(
        "time",
        "first_time",
        "last_time",
        "last_before",
        "id",
        "connection",
        "same_as",
        "community_id",
        "cause",
    ),
    *("format", "compression", "protocol", "capture_point", "closed_by", "prompt", "pairing", "exception"),
    *("outcome", "believed_outcome", "verdict", "split", "cure", "address", "client", "server", "filter"),
    *("select", "ignore", "hosts", "since", "until", "tool", "origin", "began", "ceased", "held_hex"),
}
"""Members whose texts desync makes itself; ``client`` and ``server`` as ``address:port``."""

SIGNS = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", '"=1', "\uff1d1", "x;=1", 'x; "=1', "x\n=1")
MARKUP = (
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](//e.test)",
    ),
    *(
        "`",
        "``",
        "a`b``c```d",
        "~~~",
        "```",
        "@everyone",
        "user@e.test",
        "#12",
        "KEY-12",
        "deadbeef01",
        ":+1:",
    ),
    *(
        "https://e.test/",
        "www.e.test",
        "<https://e.test>",
        "- x",
        "1. x",
        "# x",
        "> x",
        "| x | y |",
        "***",
        "$x$",
    ),
    *(
        "&lt;",
        "\\",
        "{code}x{code}",
        "[~admin]",
        "!x!",
        "_x_",
        "*x*",
        "]]>",
        "--",
        "=====",
        "../../etc/passwd",
    ),
)
UNSEEN = (
    *("\x00", "\x1b[31m", "\x1b]0;x\x07", "\x9b31m", "\x85", "\x7f", "\u202e", "\u2066", "\u200b", "\u2028"),
    *(
        "\ufeff",
        "\ufffe",
        "\udc80",
        "\ud800",
        "\U000e0041",
        "\u3164",
        "\u00a0",
        "\x0b",
        "\x0c",
        "a\r\nb",
        "\n\n# x",
    ),
)
TEXTS = (*SIGNS, *MARKUP, *UNSEEN, " ".join((*SIGNS, *MARKUP, *UNSEEN)), "x" * 5000)


def hostile(document, text):
    """Put a text in the place of every text that may come from a capture."""
    return _replaced(document, text, ())


def _replaced(value, text, path):
    if isinstance(value, str):
        return value if _is_own(path) else text
    if isinstance(value, dict):
        return {name: _replaced(each, text, (*path, name)) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, text, path) for each in value]
    return value


def _is_own(path):
    own_name = path[-1] == "name" and path[-2] in {"findings", "problems", "tool"}
    return own_name or path[-1] in OWN or path[-2:] in {("tool", "name"), ("tool", "version")}


def unprintable(printed: Iterable[str], line_end="\n"):
    """The characters of a printed text that cannot be seen, but for its own line ends."""
    text = "".join(printed).replace(line_end, "")
    return sorted({one for one in text if not one.isprintable()})
