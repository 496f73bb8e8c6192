"""What models, derivations and judgements show of themselves, in a terminal and in a notebook."""
