"""Functions of one variable: the table, their derivatives and the forms that overflow nowhere."""
