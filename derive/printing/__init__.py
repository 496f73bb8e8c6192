"""Expressions, equations and programs -> strings."""
