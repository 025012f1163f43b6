"""Lets devices of the same network open the service over TLS, to try it on one's own phone.

The certificate is made at the start, signs itself, holds for a day and is never stored: browsers
warn of it. An installation that others use needs a proxy with a certificate that browsers know.
"""

import socket
import ssl
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=1)
"""How long a certificate holds."""

# An address that is nobody's (RFC 5737): nothing is sent, the system only chooses a route.
_NOBODY = ("192.0.2.1", 9)
_LOOPBACK = "127.0.0.1"

_WARNING = """\
The browser will warn that it does not know who made the certificate: it was made just now, for one day.
  SHA-256 {fingerprint}
Compare that with the details of the warning, then go on. Notifications, and starting without a connection,
need a certificate that the browser knows.
"""  # noqa: E501 - lines of a terminal


@attrs.frozen
class Lan:
    """A TLS listener for the local network: its address, port and certificate with its key."""

    address: str
    port: int
    pem: bytes = attrs.field(repr=False)
    fingerprint: str
    """SHA-256 of the certificate, as browsers show it: pairs of hexadecimal digits."""

    @classmethod
    def make(cls, port: int) -> Self:
        """Find the address of this machine in its network and make a certificate for it."""
        address = local_address()
        pem, certificate = _make_certificate([address, _LOOPBACK], _host_names())
        digest = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        return cls(address, port, pem, digest)

    @property
    def url(self) -> str:
        """The address to open on another device."""
        return f"https://{self.address}:{self.port}"

    def tls(self) -> ssl.SSLContext:
        """Return the context of the server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # OpenSSL reads keys from files only; the folder is this user's alone.
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "key.pem"
            file.touch(0o600)
            file.write_bytes(self.pem)
            context.load_cert_chain(file)
        return context

    def instructions(self) -> Sequence[str]:
        """Return what the operator has to know, line by line."""
        where = (
            f"On a phone in the same network, open {self.url}"
            if self.address != _LOOPBACK
            else f"This machine is in no network; on itself, open {self.url}"
        )
        return [where, *_WARNING.format(fingerprint=self.fingerprint).splitlines()]


def local_address() -> str:
    """Return the IPv4 address of this machine in its network; that of loopback in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(_NOBODY)
        return str(probe.getsockname()[0])
    return _LOOPBACK


def _host_names() -> Sequence[str]:
    name = socket.gethostname()
    return ("localhost", name, f"{name}.local") if name.isascii() and name else ("localhost",)


def _make_certificate(
    addresses: Sequence[str], names: Sequence[str]
) -> tuple[bytes, x509.Certificate]:
    """Return a key and its self-signed certificate in PEM, and the certificate."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Parlour, for trying it")])
    alternatives = [
        *(x509.IPAddress(ip_address(each)) for each in dict.fromkeys(addresses)),
        *(x509.DNSName(each) for each in dict.fromkeys(names)),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # The clock of a phone may be a little behind.
        .not_valid_before(now - timedelta(minutes=10))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM), certificate
