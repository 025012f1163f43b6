"""Carries pushes to push services: one request each, no redirects, public addresses alone."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from parlour.adapters.push.addresses import ForbiddenAddress, reachable
from parlour.adapters.push.encryption import encrypt
from parlour.adapters.push.vapid import VapidKey
from parlour.domain.kernel.time import Clock
from parlour.domain.notifications import DeliveryStatus, PushRequest, PushSender

_MAX_ANSWER = 4096


class _Straight(http.client.HTTPConnection):
    """A connection to an address that was looked at, not to whatever a name means by then."""

    def __init__(
        self, host: str, port: int, addresses: Any, context: ssl.SSLContext | None, timeout: float
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self._addresses = addresses
        self._context = context
        self._raw: socket.socket | None = None

    def abort(self) -> None:
        """End whatever goes on, from another thread: no server may hold us byte by byte."""
        if self._raw is not None:
            with suppress(OSError):
                self._raw.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect to the first address that answers."""
        failure: OSError = OSError("there is no address")
        for address in self._addresses[:2]:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
                break
            except OSError as error:
                failure = error
        else:
            raise failure
        self._raw = self.sock
        if self._context is not None:
            self._raw = self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)


class WebPushSender(PushSender):
    """Sends with the key of this service. Safe in many threads at once.

    A send takes about *timeout* at most. *allow_private* lets pushes go to this
    machine and its neighbours, also without TLS: for tests and for push services of one's own.
    """

    def __init__(
        self,
        key: VapidKey,
        *,
        clock: Clock,
        subject: str = "",
        ttl: timedelta = timedelta(days=1),
        timeout: timedelta = timedelta(seconds=10),
        allow_private: bool = False,
    ) -> None:
        self._key = key
        self._clock = clock
        self._subject = subject
        self._ttl = ttl
        self._timeout = timeout.total_seconds()
        self._allow_private = allow_private

    @property
    def public_key(self) -> str:
        return self._key.public

    def send(self, parcel: PushRequest) -> DeliveryStatus:
        keys = parcel.subscription.keys
        try:
            body = encrypt(parcel.payload, keys.p256dh, keys.auth)
        except ValueError:
            return (
                DeliveryStatus.GONE
            )  # what the browser gave is no key: nobody can ever be reached
        try:
            return _meaning(self._post(parcel, body))
        except ForbiddenAddress:
            return DeliveryStatus.GONE
        except (OSError, http.client.HTTPException, ValueError):
            return DeliveryStatus.LATER

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # To read the system's certificates is the dearest part of a start: it waits for a push.
        return ssl.create_default_context()

    def _post(self, parcel: PushRequest, body: bytes) -> int:
        """Return the status of the answer."""
        url = urlsplit(parcel.subscription.endpoint)
        is_tls = url.scheme == "https"
        if not is_tls and not self._allow_private:
            raise ForbiddenAddress("only https")
        host, port = url.hostname or "", url.port or (443 if is_tls else 80)
        addresses = reachable(host, port, allow_private=self._allow_private)
        connection = _Straight(host, port, addresses, self._tls if is_tls else None, self._timeout)
        path = url.path or "/"
        patience = threading.Timer(self._timeout, connection.abort)
        patience.daemon = True
        patience.start()
        try:
            connection.request(
                "POST",
                f"{path}?{url.query}" if url.query else path,
                body,
                {
                    "Authorization": self._key.authorization(
                        f"{url.scheme}://{url.netloc}", self._subject, self._clock()
                    ),
                    "Content-Encoding": "aes128gcm",
                    "Content-Type": "application/octet-stream",
                    "TTL": str(int(self._ttl.total_seconds())),
                    "Topic": parcel.topic,
                    "Urgency": "high",
                },
            )
            answer = connection.getresponse()
            answer.read(_MAX_ANSWER)
            return answer.status
        finally:
            patience.cancel()
            connection.close()


def _meaning(status: int) -> DeliveryStatus:
    """Read the answer of a push service (RFC 8030). A redirect is not followed."""
    if 200 <= status < 300:
        return DeliveryStatus.DONE
    if status in {408, 425, 429} or status >= 500:
        return DeliveryStatus.LATER
    # What else is refused will be so again: the fault may be ours, so the subscription stays.
    return DeliveryStatus.GONE if status in {404, 410} else DeliveryStatus.REFUSED
