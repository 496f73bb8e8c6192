"""The model's own parts of a small model, of which `code.runtime` needs the names and types.

As the templates write them, which `tests/code/runtime` holds; the trainer is whole, so that
the modules beside it run, and what templates write is linted and typed as well.
"""
