"""Project, rebuild, react, sweep, wait."""
