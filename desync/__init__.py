"""Says from a packet capture which SMTP client spoke before the reply had arrived, with proof.

    import desync

    report = desync.scan(["mail.pcap"])
    for finding in report.findings:
        print(finding["code"], finding["client"], finding["message"])

``report.connections()`` yields connections one by one, ``report.printed("csv")`` what a format prints,
``report.to_pandas()`` a data frame.

The names below are looked up when they are first used (PEP 562): the command line's ``--help``
passes through here too, and is not to wait for NumPy.
"""

from importlib import import_module
from typing import Any

__all__ = ["Options", "Report", "connections", "scan"]

_HOMES = {
    "Options": "desync.analysis.options",
    "Report": "desync.report.report",
    "connections": "desync.archive.connections",
    "scan": "desync.report.report",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
