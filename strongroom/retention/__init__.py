"""Retention and legal holds from the command line."""
