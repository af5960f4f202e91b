"""The door: HTTP, sessions, policies, problems."""
