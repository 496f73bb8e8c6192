"""A file of rows -> columns of numbers, dates and words, and what is wrong with them."""
