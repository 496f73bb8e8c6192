"""What trains a network past one process: its gradient in parts that add up; the parts run."""
