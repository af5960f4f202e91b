"""The HTML pages: one file per person who looks."""
