"""Records, keyring, blind index, disclosure, erasure: where personal data lies."""
