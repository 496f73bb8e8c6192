"""Derivation -> Program: operations on whole arrays."""
