"""Masking: a run in which keyed tokens stand for identifiers, and small cells of the comparison of facilities are withheld."""

from auditor.masking.mask import Mask, mask_run
from auditor.masking.small_cells import withhold_small

__all__ = ["Mask", "mask_run", "withhold_small"]
