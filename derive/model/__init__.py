"""The network as its paper writes it: equations, assumptions, what it puts out."""
