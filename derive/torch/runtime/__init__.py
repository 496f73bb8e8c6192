"""What is put below a module of PyTorch as it stands, where the model needs it."""
