"""Strategies: what is said, how the server cuts its replies, how long everything takes."""

from itertools import pairwise

from hypothesis import strategies as st
from simulated import BODY, MILLISECOND, Piece, Script

GAPS = (3, 10, 30, 100, 300)
ROUND_TRIPS = (1, 4, 20, 80, 300)
THOUGHTS = (100_000, 300_000, 2 * MILLISECOND, 60 * MILLISECOND)


@st.composite
def cut(draw, text):
    """One reply, in up to three writes."""
    places = draw(st.sets(st.integers(1, len(text) - 1), max_size=2))
    edges = [0, *sorted(places), len(text)]
    return [
        Piece(text[start:end], draw(st.sampled_from(GAPS)) * MILLISECOND if start else 0)
        for start, end in pairwise(edges)
    ]


@st.composite
def scripts(draw, *, gives_up=None):
    """A session: a greeting, a hello, one or two messages, QUIT."""
    greeting = b"220-mx\r\n" * draw(st.integers(0, 2)) + b"220 mx.example.org ready\r\n"
    hello = b"250-KEYWORD\r\n" * draw(st.integers(0, 3)) + b"250 mx.example.org\r\n"
    said = [(b"", greeting), (b"EHLO gw.example.net\r\n", hello)]
    for _ in range(draw(st.integers(1, 2))):
        said.append((b"MAIL FROM:<a@example.net>\r\n", b"250 2.1.0 Ok\r\n"))
        said += [(b"RCPT TO:<b@example.org>\r\n", b"250 2.1.5 Ok\r\n")] * draw(st.integers(1, 2))
        said += [(b"DATA\r\n", b"354 Go ahead\r\n"), (BODY, b"250 2.0.0 Queued as 4F1\r\n")]
    said.append((b"QUIT\r\n", b"221 Bye\r\n"))
    works = [draw(st.sampled_from((0, 0, 2, 5))) * MILLISECOND for _ in said]
    if gives_up is not None:
        works[draw(st.integers(1, len(works) - 2))] = gives_up + draw(st.integers(100, 3000)) * MILLISECOND
    return Script(
        [prompt for prompt, _ in said[1:]],
        [draw(cut(reply)) for _, reply in said],
        draw(st.sampled_from(ROUND_TRIPS)) * MILLISECOND,
        draw(st.sampled_from(THOUGHTS)),
        works,
        gives_up,
    )
