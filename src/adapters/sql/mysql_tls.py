"""TLS on the way to MySQL or MariaDB: whether it is used, and who the server has to be."""

import errno
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import attrs

TlsMode = Literal["off", "preferred", "required", "verify"]
"""
How a connection is protected; the words are those of the MySQL client's `--ssl-mode`.

`off` never encrypts. `preferred` encrypts where the server can, `required` refuses a server that
cannot; neither asks who the server is. `verify` accepts only a certificate that a trusted
authority has signed for the name of the host (`VERIFY_IDENTITY` of the MySQL client).
"""


@attrs.frozen
class MysqlTls:
    """What a connection needs for TLS: *context* is None where it never encrypts."""

    context: ssl.SSLContext | None
    is_required: bool

    @property
    def verifies(self) -> bool:
        """Return whether the certificate and the name of the server are checked."""
        return self.context is not None and self.context.check_hostname


def load_tls(
    mode: TlsMode = "preferred",
    *,
    ca_file: Path | None = None,
    certificate_file: Path | None = None,
    key_file: Path | None = None,
) -> MysqlTls:
    """Return the TLS of *mode*, its files read once, for all connections.

    *ca_file* holds the authorities (PEM) that `verify` trusts instead of those of the system.
    *certificate_file* and *key_file* tell the server who we are; the key may be in the same file
    as the certificate. Raises `OSError`, with the name of the file, for one that cannot be used.
    """
    if mode == "off":
        return MysqlTls(None, is_required=False)
    if mode == "verify":
        # Reading the certificates of the system takes 50 ms, so no connection does it by itself.
        context = ssl.create_default_context() if ca_file is None else _trusting(ca_file)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certificate_file is not None:
        # An empty password: without one, OpenSSL would ask at the terminal for that of the key.
        _use(certificate_file, lambda: context.load_cert_chain(certificate_file, key_file, ""))
    return MysqlTls(context, is_required=mode != "preferred")


def _trusting(ca_file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _use(ca_file, lambda: context.load_verify_locations(ca_file))
    return context


def _use(file: Path, load: Callable[[], None]) -> None:
    """Run *load*; its errors, which name no file, come out as `OSError` with that name."""
    try:
        load()
    except ssl.SSLError as error:
        said = f"holds no certificate, or not the key of the one it holds ({error.reason})"
        raise OSError(errno.EINVAL, said, str(file)) from error
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error
