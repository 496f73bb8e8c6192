"""Derivation -> Certificate."""
