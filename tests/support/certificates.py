"""Certificates for tests: an authority, and what it signs for servers and clients."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@attrs.frozen
class Authority:
    """A certificate authority; its files lie in *folder*."""

    folder: Path
    name: x509.Name
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Make an authority whose own certificate is `ca.pem` in *folder*."""
        folder.mkdir()
        key, name = ec.generate_private_key(ec.SECP256R1()), _named(folder.name)
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        own = (
            _certificate(name, name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(folder / "ca.pem", own.public_bytes(serialization.Encoding.PEM))
        return cls(folder, name, key)

    @property
    def file(self) -> Path:
        return self.folder / "ca.pem"

    def issue(self, *hosts: str, password: bytes | None = None) -> "Issued":
        """Sign a certificate for *hosts*, names or addresses, whose key has a *password*."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _certificate(_named(hosts[0]), self.name, key.public_key())
            .add_extension(
                x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        issued = Issued(self.folder / f"{hosts[0]}.pem", self.folder / f"{hosts[0]}.key")
        _write(issued.certificate, certificate.public_bytes(serialization.Encoding.PEM))
        _write(
            issued.key,
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(password)
                if password
                else serialization.NoEncryption(),
            ),
        )
        return issued


@attrs.frozen
class Issued:
    """The files of a certificate and of its key."""

    certificate: Path
    key: Path


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _write(file: Path, content: bytes) -> None:
    file.touch(0o600)
    file.write_bytes(content)
