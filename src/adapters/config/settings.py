"""
The settings of Parlour: a frozen class for each section, with secure defaults for one machine.

The reference documentation, `config show` and reloading are derived from these classes.
"""

# ruff: noqa: RUF009 -- `key` declares a field, as `attrs.field` does

from datetime import timedelta
from pathlib import Path
from typing import Literal

import attrs

from parlour.adapters.config import units
from parlour.adapters.config.checks import (
    HOST,
    lasting,
    matching,
    named_or_factory,
    narrow_networks,
    real_origins,
    sized,
    sustainable,
    within,
)
from parlour.adapters.config.keys import key
from parlour.adapters.config.settings_backends import (
    BusSettings,
    PresenceSettings,
    Redis,
    StorageSettings,
)
from parlour.adapters.config.settings_logging import LoggingSettings
from parlour.adapters.config.settings_messages import MessageSettings
from parlour.adapters.config.units import Size
from parlour.domain.kernel.limits import Rate

_PORT = within(0, 65_535)
_QUEUE = within(1, 1_000_000)


@attrs.frozen(kw_only=True)
class Server:
    """The listener that people and programs use."""

    host: str = key("127.0.0.1", "Address to listen on.", check=HOST)
    port: int = key(8000, "Port to listen on; 0 takes a free one.", check=_PORT)
    origins: tuple[str, ...] = key(
        (),
        "Origins whose pages may use the service, beside its own.",
        reload=True,
        check=real_origins,
    )
    trusted_proxies: tuple[str, ...] = key(
        (),
        "Addresses or networks whose X-Forwarded-* headers are believed.",
        check=narrow_networks,
    )
    behind_tls: bool = key(
        False, "Say that a proxy in front ends TLS; needed to listen beyond this machine."
    )
    read_timeout: timedelta = key(
        units.duration("15s"),
        "Longest wait for a connection's first byte, a request's head, more of its body.",
        check=lasting("1s", "5m"),
    )
    direct: bool = key(True, "Let `parlour serve` open sockets without ASGI, at a lower cost.")
    drain: timedelta = key(
        units.duration("10s"),
        "Time over which a stopping node sends its clients away.",
        check=lasting("0s", "25s"),
    )


@attrs.frozen(kw_only=True)
class Ops:
    """The listener of health and metrics."""

    host: str = key("127.0.0.1", "Address to listen on.", check=HOST)
    port: int = key(8001, "Port to listen on; 0 turns this listener off.", check=_PORT)
    canary: timedelta = key(
        units.duration("0s"),
        "How often the service sends itself a message and measures its way; 0s is never.",
        check=lasting("0s", "1h"),
    )
    socket: Path | None = key(
        None,
        "Socket of `parlour log` and `reload`; by default beside the SQLite file, else in /tmp.",
    )


@attrs.frozen(kw_only=True)
class Access:
    """Accounts, passwords and tokens."""

    registration: Literal["open", "closed"] = key(
        "open", "Whether strangers may register.", reload=True
    )
    access_ttl: timedelta = key(
        units.duration("15m"), "Life of an access token.", check=lasting("1m", "1d")
    )
    refresh_ttl: timedelta = key(
        units.duration("30d"),
        "Life of a device's session without use.",
        check=lasting("1h", "400d"),
    )
    refresh_grace: timedelta = key(
        units.duration("10s"),
        "Time in which the refresh token just replaced still answers with its successor.",
        check=lasting("0s", "2m"),
    )
    hash_memory: Size = key(
        units.size("19MiB"),
        "Memory that hashing a password takes (argon2id).",
        check=sized("8MiB", "4GiB"),
    )
    hash_time: int = key(2, "Passes over that memory.", check=within(1, 100))
    hashers: int = key(2, "Passwords hashed at the same time.", check=within(1, 64))


@attrs.frozen(kw_only=True)
class Websocket:
    """The sockets of clients."""

    hello_timeout: timedelta = key(
        units.duration("5s"), "Time in which a client must say hello.", check=lasting("1s", "1m")
    )
    heartbeat: timedelta = key(
        units.duration("25s"), "Silence after which the server pings.", check=lasting("1s", "10m")
    )
    heartbeat_grace: timedelta = key(
        units.duration("10s"),
        "More silence after which a socket is dead.",
        check=lasting("1s", "5m"),
    )
    frame: Size = key(
        units.size("128KiB"), "Longest frame a client may send.", check=sized("4KiB", "1MiB")
    )
    in_flight: int = key(32, "Requests of one socket that wait at once.", check=within(1, 1024))
    outbox_frames: int = key(
        256, "Frames that may wait for a slow reader.", check=within(16, 65_536)
    )
    outbox_bytes: Size = key(
        units.size("1MiB"), "Bytes that may wait for a slow reader.", check=sized("64KiB", "64MiB")
    )
    sockets_per_user: int = key(
        20, "Sockets that one user may hold.", reload=True, check=within(1, 10_000)
    )


def _rate(default: str, meaning: str) -> Rate:
    return key(units.rate(default), meaning, reload=True, check=sustainable)


@attrs.frozen(kw_only=True)
class LimitSettings:
    """How often somebody may do something, and how large a group may be.

    Log-ins, registrations and password changes are counted for the whole deployment by `backend`;
    while it cannot be reached, each node counts alone. Everything else is counted by each node.
    """

    backend: str = key(
        "auto",
        "`auto` (`redis` where the bus uses it), `memory`, `redis` or `package.module:factory`.",
        check=named_or_factory("auto", "memory", "redis"),
    )
    messages: Rate = _rate("20/s burst 60", "Messages of one user.")
    conversation_messages: Rate = _rate(
        "50/s burst 200", "Messages in one conversation, of all members together."
    )
    requests: Rate = _rate(
        "50/s burst 200", "Requests of one user; of one address where the user is not known."
    )
    typing: Rate = _rate("2/s burst 8", "Typing signals of one user.")
    connections: Rate = _rate("5/s burst 100", "Sockets that one user opens.")
    connections_per_address: int = key(
        256,
        "Connections of one address that have not logged in; 0 is no limit.",
        reload=True,
        check=within(0, 1_000_000),
    )
    refusals: Rate = _rate(
        "10/s burst 100",
        "Connections of one address refused before they log in; beyond it, none is accepted.",
    )
    logins_per_account: Rate = _rate("10/m", "Attempts to log in to one account.")
    logins_per_address: Rate = _rate("10/m", "Attempts to log in from one address.")
    registrations: Rate = _rate("10/m", "Accounts registered from one address.")
    password_changes: Rate = _rate("10/m", "Attempts of one user to change the password.")
    group_members: int = key(5000, "Members of a group.", reload=True, check=within(2, 1_000_000))


@attrs.frozen(kw_only=True)
class Commits:
    """How messages share transactions."""

    lanes: int = key(1, "Transactions in flight at the same time.", check=within(1, 64))
    batch: int = key(256, "Most messages in one transaction.", check=within(1, 10_000))
    queue: int = key(
        10_000, "Messages that may wait before the service says overloaded.", check=_QUEUE
    )


@attrs.frozen(kw_only=True)
class DeliverySettings:
    """How events reach the sockets."""

    head_check: timedelta = key(
        units.duration("10s"),
        "How often the database is asked for events that the bus lost.",
        check=lasting("1s", "50s"),
    )
    hold: timedelta = key(
        units.duration("50ms"),
        "Longest wait for an event that comes out of order, before the database is asked.",
        check=lasting("0s", "5s"),
    )


@attrs.frozen(kw_only=True)
class PushSettings:
    """Web Push: telling people whose page is closed."""

    enabled: bool = key(True, "Whether browsers may subscribe to pushes.")
    subject: str = key(
        "",
        "Where push services find you: `mailto:…` or `https://…`; some insist on it.",
        check=matching(r"|(mailto:\S+@\S+|https://\S+)", "a mailto: or https: address"),
    )
    delay: timedelta = key(
        units.duration("3s"),
        "Time in which a message that is read is not pushed.",
        check=lasting("0s", "10m"),
    )
    ttl: timedelta = key(
        units.duration("1d"),
        "How long push services keep what they cannot deliver.",
        check=lasting("0s", "28d"),
    )
    timeout: timedelta = key(
        units.duration("10s"), "Longest wait for a push service.", check=lasting("1s", "30s")
    )
    allow_private: bool = key(
        False, "Let pushes go to private addresses, without TLS, too: for tests."
    )


@attrs.frozen(kw_only=True)
class TracingSettings:
    """Traces of sends, for OpenTelemetry; needs the extra `parlour[otel]`."""

    endpoint: str = key(
        "",
        "Where a collector takes OTLP over HTTP; nothing is traced while this is empty.",
        check=matching(r"|https?://\S+", "an address such as http://127.0.0.1:4318/v1/traces"),
    )
    one_in: int = key(100, "One in so many sends is traced.", check=within(1, 1_000_000))


@attrs.frozen(kw_only=True)
class Settings:
    """Everything that can be configured."""

    server: Server = attrs.field(factory=Server)
    ops: Ops = attrs.field(factory=Ops)
    storage: StorageSettings = attrs.field(factory=StorageSettings)
    presence: PresenceSettings = attrs.field(factory=PresenceSettings)
    bus: BusSettings = attrs.field(factory=BusSettings)
    redis: Redis = attrs.field(factory=Redis)
    access: Access = attrs.field(factory=Access)
    websocket: Websocket = attrs.field(factory=Websocket)
    limits: LimitSettings = attrs.field(factory=LimitSettings)
    messages: MessageSettings = attrs.field(factory=MessageSettings)
    commits: Commits = attrs.field(factory=Commits)
    delivery: DeliverySettings = attrs.field(factory=DeliverySettings)
    push: PushSettings = attrs.field(factory=PushSettings)
    logging: LoggingSettings = attrs.field(factory=LoggingSettings)
    tracing: TracingSettings = attrs.field(factory=TracingSettings)

    @property
    def limits_backend(self) -> str:
        """The backend of `limits`, `auto` resolved."""
        if self.limits.backend != "auto":
            return self.limits.backend
        return "redis" if self.bus.backend == "redis" else "memory"
