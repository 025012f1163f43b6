"""
Password hashes and tokens: what has to be slow, and what has to be unguessable.

Lives here: argon2id behind a gate that bounds its memory and its share of the processor; opaque
tokens and their digests.
"""

from parlour.adapters.security.passwords import Argon2Hasher
from parlour.adapters.security.secrets import TokenSecrets

__all__ = ["Argon2Hasher", "TokenSecrets"]
