"""Tokens of 256 random bits; only their digests are stored."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from parlour.domain.access import Secrets

# Fixed prefixes let secret scanners find a leaked token in code or logs.
_PREFIXES = {"access": "pla_", "refresh": "plr_"}
_SUCCESSOR = b"parlour token successor 1\0"


class TokenSecrets(Secrets):
    """Opaque tokens: a prefix that names the kind, and 43 characters of base64url.

    Digests need neither a salt nor a slow hash, because 256 random bits cannot be guessed. They
    are computed of any text, so that a forged token takes as long as a real one.
    """

    def token(self, kind: str) -> str:
        return _PREFIXES[kind] + secrets.token_urlsafe(32)

    def salt(self) -> bytes:
        return secrets.token_bytes(16)

    def successor(self, token: str, salt: bytes) -> str:
        # The token is the key of the HMAC: the salt in the database reveals nothing without it.
        follows = hmac.digest(_bytes(token), _SUCCESSOR + salt, "sha256")
        return token[:4] + urlsafe_b64encode(follows).rstrip(b"=").decode("ascii")

    def digest(self, token: str) -> bytes:
        return hashlib.sha256(_bytes(token)).digest()


def _bytes(token: str) -> bytes:
    # A lone surrogate makes a token wrong, but is no error.
    return token.encode("utf-8", "surrogatepass")
