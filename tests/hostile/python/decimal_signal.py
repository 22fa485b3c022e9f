# task: half
# outcome: exception
# attack: a signalling NaN, which raises in every comparison
from decimal import Decimal


def half(x):
    return Decimal("sNaN")
