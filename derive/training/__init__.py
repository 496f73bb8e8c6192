"""Data file -> a trained run -> predictions."""
