"""Tokens: 256 random bits each, kept by their digest alone."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from parlour.domain.access import Secrets

# Fixed prefixes let a scanner of source code or of logs find a token that leaked.
_PREFIXES = {"access": "pla_", "refresh": "plr_"}
_SUCCESSOR = b"parlour token successor 1\0"


class TokenSecrets(Secrets):
    """Opaque tokens: a prefix that names the kind, and 43 characters safe in a header.

    A digest needs no salt and no slowness: nobody can try out 256 random bits. It is computed over
    whatever was presented, so what is not a token costs the same and is simply not found.
    """

    def token(self, kind: str) -> str:
        return _PREFIXES[kind] + secrets.token_urlsafe(32)

    def salt(self) -> bytes:
        return secrets.token_bytes(16)

    def successor(self, token: str, salt: bytes) -> str:
        # The token is the key: whoever knows only the salt, from the database, learns nothing.
        follows = hmac.digest(_bytes(token), _SUCCESSOR + salt, "sha256")
        return token[:4] + urlsafe_b64encode(follows).rstrip(b"=").decode("ascii")

    def digest(self, token: str) -> bytes:
        return hashlib.sha256(_bytes(token)).digest()


def _bytes(token: str) -> bytes:
    # A lone surrogate in a forged token is a wrong token, not an error.
    return token.encode("utf-8", "surrogatepass")
