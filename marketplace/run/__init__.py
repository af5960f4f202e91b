"""Settings, PostgreSQL, migrations, wiring, supervision and the command line."""
