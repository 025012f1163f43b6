"""Sends pushes to push services: one request each, no redirects, public addresses only."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from parlour.adapters.push.addresses import ForbiddenAddress, resolve_public
from parlour.adapters.push.encryption import encrypt
from parlour.adapters.push.vapid import VapidKey
from parlour.domain.kernel.time import Clock
from parlour.domain.notifications import DeliveryStatus, PushRequest, PushSender

_MAX_ANSWER = 4096


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to addresses that were checked, without resolving the name again."""

    def __init__(
        self, host: str, port: int, addresses: Any, context: ssl.SSLContext | None, timeout: float
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self._addresses = addresses
        self._context = context
        self._raw: socket.socket | None = None

    def abort(self) -> None:
        """Shut the connection down from another thread, so that a slow server cannot hold it."""
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
    """Sends pushes, signed with the key of this service; safe to use from many threads.

    A push takes about *timeout* at most. *allow_private* permits private addresses and plain HTTP,
    for tests and for a push service of one's own.
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

    def send(self, request: PushRequest) -> DeliveryStatus:
        keys = request.subscription.keys
        try:
            body = encrypt(request.payload, keys.p256dh, keys.auth)
        except ValueError:
            return DeliveryStatus.GONE  # the key of the browser is not valid
        try:
            return _result_of(self._post(request, body))
        except ForbiddenAddress:
            return DeliveryStatus.GONE
        except (OSError, http.client.HTTPException, ValueError):
            return DeliveryStatus.LATER

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Loading the certificates of the system is slow, so it waits for the first push.
        return ssl.create_default_context()

    def _post(self, request: PushRequest, body: bytes) -> int:
        """Send a request; return the status of the answer."""
        url = urlsplit(request.subscription.endpoint)
        is_tls = url.scheme == "https"
        if not is_tls and not self._allow_private:
            raise ForbiddenAddress("only https")
        host, port = url.hostname or "", url.port or (443 if is_tls else 80)
        addresses = resolve_public(host, port, allow_private=self._allow_private)
        connection = _PinnedConnection(
            host, port, addresses, self._tls if is_tls else None, self._timeout
        )
        path = url.path or "/"
        watchdog = threading.Timer(self._timeout, connection.abort)
        watchdog.daemon = True
        watchdog.start()
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
                    "Topic": request.topic,
                    "Urgency": "high",
                },
            )
            answer = connection.getresponse()
            answer.read(_MAX_ANSWER)
            return answer.status
        finally:
            watchdog.cancel()
            connection.close()


def _result_of(status: int) -> DeliveryStatus:
    """Return what a status of a push service means (RFC 8030 section 5); redirects are errors."""
    if 200 <= status < 300:
        return DeliveryStatus.DONE
    if status in {408, 425, 429} or status >= 500:
        return DeliveryStatus.LATER
    # Other errors are permanent, but may be our own, so the subscription stays.
    return DeliveryStatus.GONE if status in {404, 410} else DeliveryStatus.REFUSED
