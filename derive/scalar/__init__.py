"""The equations of one sample as operations on single numbers, for languages without arrays."""
