"""The house measured: `make bench`, or `make bench ONLY=name` for one."""
