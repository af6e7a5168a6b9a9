"""A person's rights: what is held of them, and how it is forgotten."""
