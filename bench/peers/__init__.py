"""The same networks as others write them."""
