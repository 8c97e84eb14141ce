"""Replies with pseudonyms, and parts of them that begin and end anywhere."""

from desync.report.pseudonyms import Pseudonyms
from desync.report.redacted.names import Names
from desync.report.redacted.replies import Replies

GREETING = {
    "text": ["220-mail.secret.fi ESMTP", "220 <9 octets>", "<12 octets>"],
    "octets": [0, 60],
    "lines": [
        {"octets": [0, 26], "terminated": True},
        {"octets": [26, 41], "terminated": True},
        {"octets": [41, 60], "terminated": True},
    ],
}


def replies():
    return Replies(Pseudonyms(), [GREETING])


def test_a_part_is_cut_out_of_the_whole():
    found = replies()
    (whole, *_) = found.reply(GREETING)["text"]
    assert "secret" not in whole
    part = found.believed({"code": 220, "text": ["220-mail.sec"], "octets": [0, 12]})
    assert part == {"code": 220, "text": [whole[:12]], "octets": [0, 12]}
    rest = found.believed({"code": None, "text": ["ret.fi ESMTP"], "octets": [12, 26]})
    assert rest["text"] == [whole[12:]]


def test_what_cannot_be_found_in_a_line_is_but_a_length():
    part = replies().believed({"code": None, "text": ["other words", "<3 octets>"], "octets": [2, 20]})
    assert part["text"] == ["<11 octets>", "<3 octets>"]


def test_octets_held_are_replaced_alike():
    found = replies()
    whole = found.reply(GREETING)["text"][0].encode()
    assert found.held(b"220-mail.sec".hex(), 0, 12) == whole[:12].hex()
    assert found.held(b"l.sec".hex(), 0, 12) == whole[7:12].hex()
    assert bytes.fromhex(found.held(b"mail.other\r\n".hex(), 0, 12)) == b"xxxxxxxxxx\r\n"
    assert found.held("no hex", 0, 12) == ""


def test_paths_are_numbered():
    names = Names()
    assert names.path("/home/carol/mail.pcap.gz") == "capture-1.pcap.gz"
    assert names.path("carol") == "capture-2"
    assert names.path("/home/carol/mail.pcap.gz") == "capture-1.pcap.gz"
    assert names.path("x.tar.gz!carol.pcapng") == "capture-3.pcapng"


def test_ends_keep_their_ports():
    names = Names()
    assert names.end("10.0.0.1:25") == "192.0.2.1:25"
    assert names.end("[fe80::1]:587") == "[2001:db8::1]:587"
    assert names.end(None) is None


def test_interfaces_are_named_where_every_host_has_one_so_named():
    names = Names()
    for name in ("eth0", "any", "en0.20", None):
        assert names.interface(name) == name
    assert names.interface("\\Device\\NPF_{7A1B}") == "interface"
    assert names.interface("carols-laptop") == "interface"
