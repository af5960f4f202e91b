"""What people look at: one NAME.py (fold, query) and one NAME.sql (table) each."""
