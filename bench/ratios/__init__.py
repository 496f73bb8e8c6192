"""Ratios of times, measured one beside the other in one process (`python -m bench.ratios`)."""
