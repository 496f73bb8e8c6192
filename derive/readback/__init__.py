"""LaTeX -> its tree -> what it says of a model's quantities."""
