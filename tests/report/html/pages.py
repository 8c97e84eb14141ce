"""Reads pages as a browser would, to ask what stands in them; and documents with hostile texts everywhere."""

import re
from copy import deepcopy
from html.parser import HTMLParser

from report import documents

from desync.report.html.page import html

VOID = {"meta", "br", "hr", "img", "input", "link"}

HOSTILE = (
    "<script>document.title='taken'</script>",
    '"><img src=x onerror=alert(1) id=hostile>',
    "'><a href=javascript:alert(1)>x</a>",
    "</title></style></svg></code><b id=hostile>",
    "<!-- ]]> --><svg onload=alert(1)>",
    "&lt;b&gt; &amp; &#60;b&#62; &nbsp",
    "\x1b]0;taken\x07\x1b[31m\x00\x7f\x9b",
    "\u202egnp.exe\u2066\u200f",
    "\u05e9\u05dc\u05d5\u05dd 25 \u0645\u0631\u062d\u0628\u0627",
    "\udcff\udc80\ud800 \ufffe",
    "{{7*7}} ${7*7} <%= 7 %>",
    "x" * 500,
    "\u65e5\u672c\u8a9e" * 40,
)

_KEPT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z\Z|desync-report/1\Z")
"""What only the program writes: times, the name of the format."""

_PROGRAMS_OWN = {"kind", "side", "code"}

WORDS = {
    "severity",
    "certainty",
    "blame",
    "connection",
    "id",
    "prompt",
    "model",
    "verdict",
    "because",
    "cause",
}
"""Members that hold the program's own words; what refers to what hangs on some of them."""


def page_of(document):
    return "".join(html(document))


def hostile(document, kept=frozenset(WORDS)):
    """Put a hostile text, each time another, in the place of every text of a document but of some members."""
    number = 0

    def changed(value, member=""):
        nonlocal number
        if isinstance(value, dict):
            return {name: changed(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [changed(one, member) for one in value]
        if not isinstance(value, str) or member in kept | _PROGRAMS_OWN or _KEPT.match(value):
            return value
        number += 1
        return HOSTILE[number % len(HOSTILE)] + (value if number % 2 else "")

    return changed(deepcopy(document))


def seen(kind, address, port, misread):
    """A row of the timeline, of 3 periods."""
    periods = [
        {"time": f"1999-11-16T1{hour}:00:00Z", "sessions": 5, "split": hour, "misread": misread}
        for hour in range(3)
    ]
    return {
        "kind": kind,
        "address": address,
        "port": port,
        "banner": "220 smtp.tele.fi" if kind == "server" else None,
        "sessions": 15,
        "split": 3,
        "misread": 3 * misread,
        "first_time": periods[0]["time"],
        "last_time": periods[-1]["time"],
        "period_ns": 3_600_000_000_000,
        "periods": periods,
    }


def change():
    part = {"banner": "220 old", "sessions": 5, "split": 0, "misread": 0}
    return {
        "kind": "change",
        "side": "server",
        "address": documents.SERVER,
        "port": 25,
        "time": "1999-11-16T11:05:11Z",
        "capture": 0,
        "frame": 1,
        "last_before": "1999-11-16T10:05:11Z",
        "before": part,
        "after": part | {"banner": "220 smtp.tele.fi", "split": 5, "misread": 5},
        "began": [documents.CLIENT],
        "ceased": [],
    }


def full():
    """A document with something in every list."""
    problem = documents.finding("CAP902", "damaged-capture", severity="warning", blame="capture")
    problem |= {
        "connection": None,
        "client": None,
        "server": None,
        "message": "octets 10 to 40 cannot be read",
    }
    rows = [change(), seen("server", documents.SERVER, 25, 1), seen("client", documents.CLIENT, None, 1)]
    one = documents.drifted()
    one["captures"][0] |= {
        "damage": [{"offset": 10, "octets": 30}],
        "problems": [problem],
        "sha256": "ab" * 32,
    }
    one["findings"].append(problem)
    one["summary"] |= {
        "timeline": rows,
        "clients": [documents.client_entry()],
        "servers": [documents.server_entry()],
        "not_analysed": [{"path": "notes.txt", "reason": "no capture"}],
        "encrypted": 1,
    }
    return one


class Page(HTMLParser):
    """A page, read: its elements with their attributes, and whether each was closed where it should be.

    Attributes:
        elements: Names and attributes, in order.
        crossed: Closing tags that close something else than was opened last.
        words: The text between tags.
    """

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.crossed = []
        self.words = []
        self._open = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        self.words.append(data)

    @property
    def unclosed(self):
        return list(self._open)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def values(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    def count(self, tag):
        return sum(one == tag for one, _ in self.elements)
