"""Graphs: which transforms, in which order, from which source to which table."""
