"""Strongroom: a PostgreSQL data layer for consumer apps that hold personal data."""

__version__ = "0.1.0"
