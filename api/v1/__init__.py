"""The JSON interface: one file per noun."""
