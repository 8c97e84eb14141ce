"""Byte streams become a dialogue: lines, the reply reader, commands, phases."""
