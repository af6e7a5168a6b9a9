"""Migrations: bring a live database to what `schema/`, `functions/` and `migrations/` say.

The files and the ledger are yoyo's; running them is ours, because the stock command commits a
migration and its ledger row apart, undoes by position and keeps its lock when it is killed.
"""
