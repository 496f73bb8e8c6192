"""`Program` -> pure functions of JAX with the derived gradient; the functions run."""
