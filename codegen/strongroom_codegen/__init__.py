"""Annotated SQL becomes typed Python.

Each module is one stage, a function from one frozen model to the next:
read, annotations, parameters, scratch, catalog, describe, nullability, compose, render, write.
"""
