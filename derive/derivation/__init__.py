"""Model -> Derivation: the chain rule, adjoints named and rewritten."""
