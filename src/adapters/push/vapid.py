"""VAPID (RFC 8292): a signed token that identifies this service to a push service."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

LIFETIME = timedelta(hours=12)
"""Validity of a token; RFC 8292 allows a day, and clocks may differ."""


class VapidKey:
    """The key pair of this service."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = base64url(point)

    @staticmethod
    def make() -> bytes:
        """Return a new private key in PKCS#8 DER, to be stored and loaded."""
        return ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )

    @classmethod
    def load(cls, stored: bytes) -> "VapidKey":
        """Load a stored private key; raise `ValueError` where it is not on P-256."""
        private = load_der_private_key(stored, None)
        if not isinstance(private, ec.EllipticCurvePrivateKey) or private.key_size != 256:
            raise ValueError("this is not a key of P-256")
        return cls(private)

    def authorization(self, audience: str, subject: str, now: datetime) -> str:
        """Return the Authorization header for the push service with the origin *audience*.

        *subject* is a contact of the operator: a mailto: or https: address, or empty.
        """
        claims: dict[str, Any] = {"aud": audience, "exp": int((now + LIFETIME).timestamp())}
        if subject:
            claims["sub"] = subject
        signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
        r, s = decode_dss_signature(self._private.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={signed}.{signature}, k={self.public}"


def _part(fields: dict[str, Any]) -> str:
    return base64url(json.dumps(fields, separators=(",", ":")).encode())


def base64url(raw: bytes) -> str:
    """Return *raw* in base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
