"""
What has to be slow, and what has to be unguessable: password hashes and tokens.

Lives here: argon2id behind a gate that bounds its memory and its share of the processor; opaque
tokens and their digests; the judgement of passwords that everybody tries first.
"""

from parlour.adapters.security.common import is_common
from parlour.adapters.security.passwords import Argon2Hasher
from parlour.adapters.security.secrets import TokenSecrets

__all__ = ["Argon2Hasher", "TokenSecrets", "is_common"]
