"""Which early talk is legal, and which is not: each form beside its neighbour one step over the line.

A form that is illegal names the rules of the kind SYNC that it breaks, all of them; one that is legal
breaks none. The dialogues stand in ``early_talk`` and ``early_talk_peers``.
"""

import pytest
from build import cut, segments_capture
from early_talk import BYE, CHUNKS, PIPELINING, SEVERAL, Case, group
from early_talk_peers import AUTH, CONNECT, PIPE, PROXIED, ROLES, UNSAID, XCLIENT
from judged import ORDERED, codes, document, findings, found, heard, played, said

from desync.findings.finding import Facts

TABLES = {
    "PIPELINING": PIPELINING, "CHUNKING": CHUNKS, "LMTP and PRDR": SEVERAL, "AUTH": AUTH, "roles": ROLES,
    "XCLIENT": XCLIENT, "proxies": PROXIED, "PIPE_CONNECT": CONNECT,
}  # fmt: skip
CASES = {f"{table}: {name}": case for table, cases in TABLES.items() for name, case in cases.items()}
LEGAL = {name: case for name, case in CASES.items() if not case.codes}
ILLEGAL = {name: case for name, case in CASES.items() if case.codes}
SERVER = "198.51.100.25"


def broken(conversation, case):
    """The rules of the kind SYNC that are broken, each as often as it is."""
    facts = Facts(frozenset({SERVER})) if case.early else Facts()
    return sorted(code for code in codes(conversation, facts) if code.startswith("SYNC"))


def of(conversation):
    return {code for code in codes(conversation) if not code.startswith(("SYNC", "CAP"))}


def test_the_tables_hold_both_sides():
    assert len(LEGAL) > 80
    assert len(ILLEGAL) > 60


@pytest.mark.parametrize("name", CASES)
def test_each_form_breaks_what_it_says(name):
    case = CASES[name]
    assert broken(said(case.text), case) == sorted(case.codes.split())


@pytest.mark.parametrize("name", [name for name in LEGAL if "STARTTLS within" not in name])
def test_a_legal_form_is_paired_so_that_nothing_else_is_wrong(name):
    one = said(LEGAL[name].text)
    assert [each.reply.code for each in one.exchanges if each.reply is not None] == [
        reply.code for reply in one.replies
    ]
    assert of(one) <= {"REPLY301", "REPLY302", "PATH605"}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [3])
def test_segments_do_not_matter(name, size):
    case = CASES[name]
    parts = [part for sent in played(case.text) for part in cut(sent, *range(size, len(sent.octets), size))]
    found = broken(heard(segments_capture(parts)), case)
    # What a client took for a reply is another matter: there, segments are what it is about.
    assert [code for code in found if code != "SYNC201"] == sorted(set(case.codes.split()) - {"SYNC201"})


@pytest.mark.parametrize("name", CASES)
def test_clocks_do_not_matter(name):
    case = CASES[name]
    found = broken(heard(segments_capture([sent._replace(time=0) for sent in played(case.text)])), case)
    assert [code for code in found if code != "SYNC201"] == sorted(set(case.codes.split()) - {"SYNC201"})


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_is_illegal_is_proved(name):
    case = ILLEGAL[name]
    for each in findings(said(case.text), Facts(frozenset({SERVER})) if case.early else Facts()):
        if each.rule.code in ORDERED:
            assert each.certainty == "proved"
            assert "reasons" not in each.details


class TestAnOfferThatTheCaptureMayHide:
    EARLY = group("EHLO gw")

    def certainty(self, text):
        return found(said(text), "SYNC101").certainty

    def test_the_reply_to_ehlo_is_whole(self):
        assert self.certainty(self.EARLY + UNSAID + BYE) == "proved"

    def test_it_lacks_a_line(self):
        text = (
            self.EARLY
            + "S: 220 mx\nS[unprompted]: 250-mx\nS[lost unprompted]: 250-SIZE\nS[unprompted]: 250 HELP\n"
        )
        assert self.certainty(text + BYE) == "inconclusive"

    def test_it_has_no_end(self):
        assert self.certainty(self.EARLY + "S: 220 mx\nS[unprompted]: 250-mx\n") == "inconclusive"

    def test_the_capture_ends_before_it(self):
        assert self.certainty(self.EARLY + "S: 220 mx\n") == "inconclusive"

    def test_the_server_closes_without_it(self):
        assert self.certainty(self.EARLY + "S: 220 mx\nfin server\n") == "proved"

    def test_the_server_refuses_it(self):
        assert (
            self.certainty(self.EARLY + "S: 220 mx\nS[unprompted]: 554 5.5.0 synchronization\n" + BYE)
            == "proved"
        )

    def test_helo_is_never_agreed_upon(self):
        assert self.certainty(group("HELO gw") + "S: 220 mx\n") == "proved"

    def test_another_connection_says_so(self):
        assert broken(said(self.EARLY + "S: 220 mx\n"), Case("", early=True)) == []

    def test_a_fragment_tells_of_another_client(self):
        text = "S: 220 mx \\\nC: EHLO gw\nS[unprompted +60ms]: ready\n"
        assert found(said(text), "SYNC102").certainty == "proved"


@pytest.mark.parametrize(("offer", "expected"), [(PIPE, set()), (UNSAID, {"SYNC101"})])
def test_the_offer_of_one_connection_holds_for_the_others_of_an_archive(tmp_path, offer, expected):
    early = played(group("EHLO gw") + UNSAID + BYE)
    other = played("S: 220 mx\nC: EHLO gw\n" + offer.replace("220 mx\n+ ", "") + BYE)
    one, two = segments_capture(early), segments_capture(other, client=("192.0.2.18", 1025))
    path = tmp_path / "x.pcap"
    path.write_bytes(one + two[24:])
    assert {each["code"] for each in document(path)["findings"] if each["severity"] == "error"} == expected
