"""What is the same in the code of every model: modules whose source is put below a model's own.

A trainer, an estimator and a weights' file each are one text that needs NumPy alone. The
model's own part (its equations, `Parameters`, `_AXES`, ...) comes from a template; all else
is written here as Python, linted, typed and tested as such, and `code.amalgamate` puts its
source below, byte for byte. What a module here needs of a model it imports from `example`,
the own parts of a small model as the templates write them, which a test holds; such imports,
as those between these modules, are left out where everything stands in one text. So these
modules import NumPy, the standard library and each other, import them at their top alone
(what is optional excepted), and no two that meet in a text define the same name.
"""
