"""`Program` -> the forward pass as a graph of ONNX; the graph run."""
