"""What is put below functions of JAX as it stands, where the model needs it."""
