"""Program -> the modules of NumPy that a user imports."""
