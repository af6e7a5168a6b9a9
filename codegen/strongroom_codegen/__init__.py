"""Annotated SQL becomes typed Python.

Stages are functions from one frozen model to the next, in the order that `pipeline` calls them:
read, annotations, parameters, scratch, catalog, describe, analyse, compose, render, write. The
other modules are parts of a stage (`nullability`, `cardinality`, `shapes` and more of `analyse`),
or commands about queries (`impact`, `grants`, `lint`, `query_command`).
"""
