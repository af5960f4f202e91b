"""The rule-book: one rule a file; the folder is its table of contents."""
