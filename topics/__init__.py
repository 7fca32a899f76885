"""The shipped topics: concepts (what the words are, in each language) and topics (how concepts combine), as YAML."""
