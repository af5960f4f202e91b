"""One file per noun: load, decide, append."""
