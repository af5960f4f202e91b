"""Intents, inbox and reconciliation: money moving through Stripe."""
