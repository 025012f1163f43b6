"""Rules between keys: combinations that are refused or deserve a warning."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

import attrs

from parlour.adapters.config.checks import is_loopback
from parlour.adapters.config.keys import read
from parlour.adapters.config.settings import Settings
from parlour.adapters.config.settings_backends import Mysql

# Common default passwords of databases.
_WEAK = frozenset({
    "parlour", "password", "passwort", "passw0rd", "secret", "default", "example", "letmein",
    "changeme", "change-me", "change_me", "admin", "root", "mysql", "redis", "test", "foobar",
    "qwerty", "123456", "1234567", "12345678", "123456789", "1234567890", "111111", "000000",
})  # fmt: skip


@attrs.frozen
class BrokenRule:
    """A broken rule: its keys, and what to do about it."""

    keys: tuple[str, ...]
    message: str
    is_warning: bool = False


def broken_rules(settings: Settings) -> Iterator[BrokenRule]:
    """Yield the rules that the settings break."""
    yield from _listeners(settings)
    yield from _database(settings)
    yield from _redis(settings)
    yield from _times(settings)
    yield from _amounts(settings)


def _listeners(settings: Settings) -> Iterator[BrokenRule]:
    server, ops = settings.server, settings.ops
    if not is_loopback(server.host) and not server.behind_tls:
        yield BrokenRule(
            ("server.host", "server.behind_tls"),
            f"server.host {server.host} can be reached from other machines, and passwords would "
            "travel in the clear: put a proxy with TLS in front and set server.behind_tls = true, "
            "or listen on 127.0.0.1; to try it from a phone, do that and start with "
            "`parlour serve --lan` (`./dev up --lan`), which makes a certificate for a day",
        )
    if server.behind_tls and not server.trusted_proxies:
        yield BrokenRule(
            ("server.trusted_proxies", "server.behind_tls"),
            "server.trusted_proxies is empty: every client seems to have the address of the proxy "
            "and shares its limits",
            is_warning=True,
        )
    if ops.port and not is_loopback(ops.host):
        yield BrokenRule(
            ("ops.host",),
            f"ops.host {ops.host} shows health and metrics to everybody who reaches it",
            is_warning=True,
        )
    if ops.port and ops.port == server.port and _same_place(ops.host, server.host):
        yield BrokenRule(
            ("ops.port", "server.port"),
            f"ops.port and server.port are both {ops.port}: give each its own",
        )


def _same_place(one: str, other: str) -> bool:
    return one == other or any(_is_everywhere(host) for host in (one, other))


def _is_everywhere(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


def _database(settings: Settings) -> Iterator[BrokenRule]:
    storage, mysql = settings.storage, settings.storage.mysql
    if storage.backend != "mysql":
        return
    if storage.workers > mysql.pool:
        yield BrokenRule(
            ("storage.workers", "storage.mysql.pool"),
            f"storage.workers ({storage.workers}) wait for each other with storage.mysql.pool = "
            f"{mysql.pool}: make the pool at least as large",
        )
    yield from _mysql_tls(mysql)
    if mysql.unix_socket is not None:
        return
    is_local = is_loopback(mysql.host)
    if problem := _weakness(mysql.password.reveal(), mysql.user):
        yield BrokenRule(
            ("storage.mysql.password", "storage.mysql.password_file", "storage.mysql.host"),
            f"storage.mysql.password {problem}: set a long random one, best through "
            "storage.mysql.password_file",
            is_warning=is_local,
        )


def _mysql_tls(mysql: Mysql) -> Iterator[BrokenRule]:
    is_here = mysql.unix_socket is not None or is_loopback(mysql.host)
    if not (is_here or mysql.tls == "verify" or mysql.allow_insecure):
        yield BrokenRule(
            ("storage.mysql.tls", "storage.mysql.host", "storage.mysql.allow_insecure"),
            f"storage.mysql.host {mysql.host} is another machine, and storage.mysql.tls is "
            f'"{mysql.tls}": somebody in between can read and change everything. Set it to '
            '"verify", or set storage.mysql.allow_insecure = true where the network is safe',
        )
    if mysql.tls_ca_file is not None and mysql.tls != "verify":
        yield BrokenRule(
            ("storage.mysql.tls_ca_file", "storage.mysql.tls"),
            'storage.mysql.tls_ca_file checks nothing unless storage.mysql.tls is "verify"',
        )
    if mysql.tls_certificate_file is not None and mysql.tls == "off":
        yield BrokenRule(
            ("storage.mysql.tls_certificate_file", "storage.mysql.tls"),
            'storage.mysql.tls_certificate_file is not used while storage.mysql.tls is "off"',
        )
    if mysql.tls_key_file is not None and mysql.tls_certificate_file is None:
        yield BrokenRule(
            ("storage.mysql.tls_key_file", "storage.mysql.tls_certificate_file"),
            "storage.mysql.tls_key_file needs storage.mysql.tls_certificate_file",
        )


def _redis(settings: Settings) -> Iterator[BrokenRule]:
    presence, bus = settings.presence.backend, settings.bus.backend
    if bus == "redis" and presence == "memory":
        yield BrokenRule(
            ("presence.backend", "bus.backend"),
            "presence.backend is memory: people on other nodes seem offline",
            is_warning=True,
        )
    if bus == "redis" and settings.limits_backend == "memory":
        yield BrokenRule(
            ("limits.backend", "bus.backend"),
            "limits.backend is memory: every node allows as many log-ins as one may",
            is_warning=True,
        )
    if "redis" not in (presence, bus, settings.limits_backend):
        return
    parts = urlsplit(settings.redis.url)
    if parts.scheme == "unix" or is_loopback(parts.hostname or ""):
        return
    if problem := _weakness(parts.password or "", parts.username or ""):
        yield BrokenRule(
            ("redis.url", "redis.url_file"),
            f"the password in redis.url {problem}, and the server is not on this machine: set a "
            "long random one, best through redis.url_file",
            # Without one, a certificate or the network may guard it; a known one guards nothing.
            is_warning=not parts.password,
        )


def _weakness(password: str, user: str) -> str | None:
    if not password:
        return "is empty"
    if password.lower() in _WEAK or password.lower() == user.lower():
        return "is one that everybody tries first"
    return None


def _times(settings: Settings) -> Iterator[BrokenRule]:
    access, socket = settings.access, settings.websocket
    if access.access_ttl >= access.refresh_ttl:
        yield BrokenRule(
            ("access.access_ttl", "access.refresh_ttl"),
            "access.access_ttl must be shorter than access.refresh_ttl",
        )
    if access.refresh_grace >= access.access_ttl:
        yield BrokenRule(
            ("access.refresh_grace", "access.access_ttl"),
            "access.refresh_grace must be shorter than access.access_ttl",
        )
    if settings.presence.lease <= socket.heartbeat + socket.heartbeat_grace:
        yield BrokenRule(
            ("presence.lease", "websocket.heartbeat", "websocket.heartbeat_grace"),
            "presence.lease must be longer than websocket.heartbeat and heartbeat_grace together, "
            "or people who are there seem to go",
        )


def _amounts(settings: Settings) -> Iterator[BrokenRule]:
    smaller_first = (
        ("websocket.frame", "websocket.outbox_bytes"),
        ("commits.batch", "commits.queue"),
        ("logging.rotation.size", "logging.rotation.keep_total"),
    )
    for less, more in smaller_first:
        if read(settings, less) > read(settings, more):
            yield BrokenRule((less, more), f"{more} must be at least {less}")
