"""Encrypted backups of a database: made, checked by a trial restore, restored, thinned out."""
