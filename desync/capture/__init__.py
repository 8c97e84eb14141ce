"""A file's octets become frames: every format, every compression, damaged or not."""
