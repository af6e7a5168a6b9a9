"""Checks of queries by the plans that PostgreSQL makes of them on tables of their declared size."""
