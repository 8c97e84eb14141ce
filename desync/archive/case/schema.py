"""What a case consists of: its tables, views and version.

May know SQL and the tables of a report; must not open anything.
"""

from typing import Final

from desync.archive.case.tables import TABLES, Table

APPLICATION: Final = 0x6473796E
"""``application_id`` of the file: ``dsyn``."""

VERSION: Final = 2
"""``user_version`` of the file."""

_OWN: Final = """
CREATE TABLE runs ( -- Each run on this case. Clocks stand nowhere else; no export holds them.
  run INTEGER PRIMARY KEY,
  program TEXT NOT NULL, -- desync and its version
  options TEXT NOT NULL, -- what decided the analysis, as JSON
  started TEXT NOT NULL, -- RFC 3339, UTC
  ended TEXT, -- NULL: it runs, or was stopped
  analysed INTEGER, -- captures that were read
  recalled INTEGER -- captures that were known from a run before
);

CREATE TABLE report ( -- The report of the last run that ended, without what has a table of its own.
  report INTEGER PRIMARY KEY CHECK (report = 1),
  damaged INTEGER NOT NULL, -- 1 where a capture was truncated or damaged
  document TEXT NOT NULL -- as JSON
);

CREATE TABLE work_captures ( -- Captures that are done. They are not read again while they stay the same.
  work INTEGER PRIMARY KEY,
  path BLOB NOT NULL UNIQUE, -- absolute, as the file system spells it
  size INTEGER NOT NULL, -- octets of the file as stored
  modified INTEGER NOT NULL, -- when it was changed last, nanoseconds since 1970 UTC
  sha256 TEXT NOT NULL, -- taken when it was read
  program TEXT NOT NULL, -- by what it was analysed; what another version found is not used
  options TEXT NOT NULL, -- what decided the analysis, as JSON
  entry BLOB NOT NULL -- what is known of it (desync/archive/case/codec.py)
);

CREATE TABLE work_slices ( -- What was found in each part of it, and the places of frames still needed.
  work INTEGER NOT NULL REFERENCES work_captures ON DELETE CASCADE,
  position INTEGER NOT NULL,
  entry BLOB NOT NULL, -- no octets of mail
  PRIMARY KEY (work, position)
);

CREATE TABLE work_joined ( -- What was found in connections that lie in several parts or captures.
  joined INTEGER PRIMARY KEY,
  stage TEXT NOT NULL, -- with what knowledge of the rest of the archive they were examined
  captures TEXT NOT NULL, -- in which captures they are, in the order of time: numbers of work_captures
  entry BLOB NOT NULL
);

CREATE TABLE work_joined_captures ( -- What goes when one of the captures changes.
  work INTEGER NOT NULL REFERENCES work_captures ON DELETE CASCADE,
  joined INTEGER NOT NULL REFERENCES work_joined ON DELETE CASCADE,
  PRIMARY KEY (work, joined)
) WITHOUT ROWID;

CREATE INDEX work_joined_by_captures ON work_joined (captures, stage);
CREATE INDEX work_joined_captures_by_joined ON work_joined_captures (joined);
CREATE INDEX connections_by_client ON connections (client);
CREATE INDEX connections_by_server ON connections (server);
CREATE INDEX findings_by_code ON findings (code);
CREATE INDEX findings_by_connection ON findings (connection);
CREATE INDEX exchanges_by_connection ON exchanges (connection, position);
CREATE INDEX transactions_by_connection ON transactions (connection, position);
"""

_VIEWS: Final = """
CREATE VIEW misreaders AS -- Clients that took a part of a reply for a reply, the worst first.
SELECT address, name, model, sessions, splits_seen, misread, whole_misread, proved
FROM clients WHERE misread > 0 ORDER BY misread DESC, address, name;

CREATE VIEW findings_by_client AS -- How often each client did what, and when first and last.
SELECT c.client, f.code, f.name, f.severity, count(*) AS times,
  count(DISTINCT f.connection) AS connections, min(f.time) AS first_time, max(f.time) AS last_time
FROM findings f JOIN connections c USING (connection)
GROUP BY c.client, f.code, f.name, f.severity;

CREATE VIEW banners AS -- What was found against each banner of each server, and when.
SELECT c.server, c.banner, f.code, f.name, count(DISTINCT f.connection) AS connections,
  count(DISTINCT c.client) AS clients, min(c.first_time) AS first_time, max(c.first_time) AS last_time
FROM findings f JOIN connections c USING (connection)
GROUP BY c.server, c.banner, f.code, f.name;

CREATE VIEW lost_mail AS -- Messages that were lost, or may have come twice.
SELECT t.verdict, c.first_time, c.client, c.server, t.sender, t.queue_id, t.final_reply, t.because, c.id,
  k.path AS capture, c.stream
FROM transactions t JOIN connections c USING (connection) JOIN captures k ON k.capture = c.capture
WHERE t.verdict IN ('lost', 'duplicate-risk');

CREATE VIEW evidence AS -- Where to look in Wireshark: the capture and a display filter for each finding.
SELECT f.code, f.certainty, k.path AS capture, f.stream, f.frame, f.filter, f.message
FROM findings f JOIN captures k ON k.capture = f.capture;
"""


def statements() -> str:
    """All that makes an empty file a case."""
    version = f"PRAGMA application_id = {APPLICATION};\nPRAGMA user_version = {VERSION};\n"
    return "\n".join([version, *(_create(table) for table in TABLES), _OWN, _VIEWS])


def _create(table: Table) -> str:
    lines = [_commented(key) for key in table.keys]
    lines += [f"  {one.name} {one.kind}, -- {one.about}" for one in table.columns]
    opening = f"CREATE TABLE {table.name} ( -- {table.about}"
    closing = "  document TEXT NOT NULL -- as the report prints it, JSON"
    return "\n".join([opening, *lines, closing, ");\n"])


def _commented(key: str) -> str:
    column, _, about = key.partition(" -- ")
    return f"  {column}, -- {about}"
