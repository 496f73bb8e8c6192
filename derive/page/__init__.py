"""Derivation -> Document -> LaTeX and Markdown."""
