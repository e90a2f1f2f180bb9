"""Measurements of reading, search and papers, each against the bare engine in the same run. `python -m benchmarks`."""
