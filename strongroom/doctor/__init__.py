"""`strongroom doctor`: what the checks of a database find, and what mends it."""
