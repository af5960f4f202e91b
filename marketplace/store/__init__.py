"""The event log, the gate and the intents; the only door to `eventsourcing`."""
