"""Outbox, mail, LINE and templates."""
