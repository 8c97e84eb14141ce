"""Says from a packet capture which SMTP client spoke before the reply had arrived, with proof.

    import desync

    report = desync.scan(["mail.pcap"])
    for finding in report.findings:
        print(finding["code"], finding["client"], finding["message"])
"""

from desync.analysis.options import Options
from desync.archive.connections import connections
from desync.report.report import Report, scan

__all__ = ["Options", "Report", "connections", "scan"]
