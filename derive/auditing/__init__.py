"""A published text, judged formula by formula."""
