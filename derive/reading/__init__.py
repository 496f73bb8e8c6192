"""Model file -> Model."""
