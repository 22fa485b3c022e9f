"""Perturbations: rewrites of a C text that preserve what it does. Pure: the same text and seed, the same variants."""

from codeloop.perturb.kinds import KINDS, Kind
from codeloop.perturb.variants import Applied, Variant, perturbed

__all__ = ["KINDS", "Applied", "Kind", "Variant", "perturbed"]
