"""How fast mailflow is, measured against the same work done by the libraries alone; see docs/speed.md."""
