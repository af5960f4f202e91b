"""What is true and allowed: standard library and msgspec only, no clock, no I/O, no randomness."""
