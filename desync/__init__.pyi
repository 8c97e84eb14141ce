from desync.analysis.options import Options as Options
from desync.archive.connections import connections as connections
from desync.report.report import Report as Report
from desync.report.report import scan as scan

__all__ = ["Options", "Report", "connections", "scan"]
