"""Maintenance: the jobs of `kernel.job`, and what can't live in a function."""
