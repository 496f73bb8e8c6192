"""Expressions in index notation, and what one can do with them."""
