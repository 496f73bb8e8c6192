"""One derivative of a derivation, by its name: a formula, code, a number, a SymPy expression."""
