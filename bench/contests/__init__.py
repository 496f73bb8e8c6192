"""The contests, by network."""

from bench.contests import attention, dense, digits, gradients, small

CONTESTS = (
    *small.CONTESTS,
    *dense.CONTESTS,
    *digits.CONTESTS,
    *attention.CONTESTS,
    *gradients.CONTESTS,
)
"""All of them."""
