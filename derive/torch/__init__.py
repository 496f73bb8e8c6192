"""`Program` -> a module of PyTorch whose backward pass is the derived one; the module run."""
