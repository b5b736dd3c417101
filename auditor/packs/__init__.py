"""Sealed packs: one episode with its page, results, source rows, policy and proof, in a ZIP that verifies by itself."""

from auditor.packs.archive import encrypt, pack_bytes
from auditor.packs.verify import PackChecked, verify_pack

__all__ = ["PackChecked", "encrypt", "pack_bytes", "verify_pack"]
