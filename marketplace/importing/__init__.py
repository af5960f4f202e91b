"""One reader per format, headers, deny-list."""
