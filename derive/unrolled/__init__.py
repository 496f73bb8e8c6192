"""A network at the sizes of its example, written out: one line for each number."""
