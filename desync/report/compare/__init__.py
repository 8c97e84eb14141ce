"""Two archives side by side: which clients recovered, which still lose step and why."""
