"""Equations at concrete sizes, in any kind of number."""
