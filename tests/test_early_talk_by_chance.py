"""Groups made by chance are flagged exactly where RFC 2920 forbids them, command by command."""

from build import segments_capture
from dialogues import bounded
from early_talk import OFFERED, PLAIN, group, replies
from hypothesis import given
from hypothesis import strategies as st
from judged import findings, heard, played

FREE = {
    "MAIL FROM:<a@b>": "250 ok",
    "RCPT TO:<c@d>": "250 ok",
    "RSET": "250 ok",
    "HELP": "214 no",
    "XFORWARD NAME=x": "250 ok",
    "BDAT 0": "250 ok",
    "BURL x": "250 ok",
    "AUTH PLAIN AGEAYg==": "535 no",
}
ENDING = {
    "NOOP": "250 ok",
    "VRFY a": "252 perhaps",
    "EXPN a": "550 no",
    "ETRN x": "250 ok",
    "TURN": "502 no",
    "DATA": "503 no",
    "AUTH CRAM-MD5": "504 no",
    "BURL x LAST": "250 kept",
    "EHLO gw": "503 twice",
}
# An unknown verb behind a chunk may be octets of the chunk (DATA404): it stands in ``early_talk``.
ANSWERS = FREE | ENDING

groups = st.lists(st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=6), min_size=1, max_size=4)


def flagged(said):
    """The exchanges that are found out of turn, with the rule that each breaks."""
    return {
        index: one.rule.code
        for one in findings(said)
        if one.rule.code in ("SYNC104", "SYNC105") and one.exchanges
        for index in range(one.exchanges[0], one.exchanges[1] + 1)
    }


def forbidden(several, *, offered):
    """The same by the words of RFC 2920 alone: what the group that a command stands in allows."""
    found, index = {}, 2
    for one in several:
        ended = False
        for place, line in enumerate(one):
            if place and not offered:
                found[index] = "SYNC104"
            elif ended:
                found[index] = "SYNC105"
            ended |= line in ENDING
            index += 1
    return found


@bounded
@given(groups, st.booleans(), st.booleans())
def test_exactly_what_is_forbidden_is_found(several, offered, apart):
    text = OFFERED if offered else PLAIN
    for one in several:
        # The commands of a group leave in one segment, or in one each without a pause.
        text += (
            "".join(
                f"C[unprompted]: {line}\n" if number else f"C: {line}\n" for number, line in enumerate(one)
            )
            if apart
            else group(*one)
        )
        text += replies(*(ANSWERS[line] for line in one))
    said = heard(segments_capture(played(text)))
    assert flagged(said) == forbidden(several, offered=offered)
