"""Exchanges become findings: the only place that judges."""
