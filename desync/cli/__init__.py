"""Arguments become one library call, one renderer and an exit code."""
