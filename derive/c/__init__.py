"""A network at the sizes of its example in C99, without allocation: loops over its indices."""
