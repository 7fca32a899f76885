"""Beam wiring, one verb-phrase PTransform a file; the thinking is in the root package, free of Beam."""
