"""Segments become byte streams: connections, reassembly, gaps; where and when each octet was sent."""
