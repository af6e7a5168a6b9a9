"""pytest plugin that runs pgTAP files, each in a fresh psql process and a database of its own."""
