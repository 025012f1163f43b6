"""A push service on loopback, and the browser's side of a push subscription."""

import os
import threading
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import attrs
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@attrs.frozen
class PushReceiver:
    """Decrypts pushes with the private key of a subscription."""

    key: ec.EllipticCurvePrivateKey
    secret: bytes

    @classmethod
    def new(cls) -> Self:
        """Create the keys of a subscription."""
        return cls(ec.generate_private_key(ec.SECP256R1()), os.urandom(16))

    @property
    def point(self) -> bytes:
        """The public key."""
        return _point(self.key.public_key())

    @property
    def keys(self) -> dict[str, str]:
        """The keys that a page sends to the service."""
        return {"p256dh": _text(self.point), "auth": _text(self.secret)}

    def read(self, body: bytes) -> bytes:
        """Decrypt a push of one record (RFC 8291)."""
        salt, length = body[:16], body[20]
        sender = body[21 : 21 + length]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), theirs)
        secret = _derive(shared, self.secret, b"WebPush: info\0" + self.point + sender, 32)
        cipher = AESGCM(_derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16))
        nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
        plain = cipher.decrypt(nonce, body[21 + length :], None)
        text, end, padding = plain.rpartition(b"\x02")
        assert end
        assert not padding.strip(b"\0")
        return text


@attrs.frozen
class ReceivedPush:
    """A request that the push service received."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushService:
    """Answers every push with *status*, or never (*stalls*), and records the requests."""

    def __init__(self, status: int = 201, *, stalls: bool = False) -> None:
        self.status = status
        self.got: list[ReceivedPush] = []
        self._over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if stalls:
                    outer._over.wait(10)
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.got.append(ReceivedPush(self.path, headers, body))
                self.send_response(outer.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def url(self, path: str = "/send") -> str:
        """Return the address of an endpoint."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
