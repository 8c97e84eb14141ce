"""What a connection's fault cost, in words that name nobody.

May know the document's transactions and findings; must not know how they are judged.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from desync.report.letter.choice import Connection
from desync.report.text_words import plural

_VERDICTS: Final = {
    "lost": "Lost, though the client believes that the server took it",
    "duplicate-risk": "Accepted, or perhaps accepted, and to come again, since the client does not know",
    "abandoned": "Given up before its end",
}


def costs(connection: Connection) -> Iterator[str]:
    """Yield what became of mail, a sentence each; nothing where nothing was lost."""
    counts = Counter(one["verdict"] for one in connection["transactions"])
    for verdict, words in _VERDICTS.items():
        if counts[verdict]:
            yield f"{words}: {plural(counts[verdict], 'message')}."
    for one in connection["findings"]:
        if one["code"] == "SYNC202" and one["certainty"] != "inconclusive":
            yield "Text of a message was read as commands."
            break
