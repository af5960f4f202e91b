"""What happens: commands, the event store, the vault, settlement, importing, messages, work, run."""
