"""Settings that contradict each other or are insecure are refused or warned of."""

import pytest

from parlour.adapters.config import ConfigError, load


def given(text: str) -> dict[str, object]:
    """Read `server.host=0.0.0.0 server.behind_tls=true` as overrides."""
    return {name: value for name, _, value in (part.partition("=") for part in text.split())}


HERE = "storage.backend=mysql storage.mysql.password=correct-horse-battery"
ELSEWHERE = f"{HERE} storage.mysql.host=10.0.0.1"

REFUSED = {
    "a non-loopback address without TLS in front": (
        "server.host=0.0.0.0",
        "server.host 0.0.0.0 can be reached from other machines",
    ),
    "a host name that may be reached from elsewhere": (
        "server.host=chat.example.org",
        "server.host chat.example.org can be reached from other machines",
    ),
    "two listeners on one port": ("ops.port=8000", "ops.port and server.port are both 8000"),
    "two listeners on one port, one everywhere": (
        "server.port=8001 server.host=:: server.behind_tls=true server.trusted_proxies=::1",
        "ops.port and server.port are both 8001",
    ),
    "proxies that are everybody": (
        "server.trusted_proxies=0.0.0.0/0",
        'server.trusted_proxies must name the proxies, and "0.0.0.0/0" trusts everybody',
    ),
    "proxies that are no address": (
        "server.trusted_proxies=proxy",
        'must hold addresses or networks such as "10.0.0.0/8", not "proxy"',
    ),
    "the name of an emoji with its colons": (
        "messages.custom_emojis=:parrot:",
        "messages.custom_emojis must hold names of at most 62 lower-case letters",
    ),
    "the name of an emoji that is longer than a reaction": (
        f"messages.custom_emojis={'p' * 63}",
        "messages.custom_emojis must hold names of at most 62 lower-case letters",
    ),
    "an empty password of a database elsewhere": (
        "storage.backend=mysql storage.mysql.host=db.example.org storage.mysql.tls=verify",
        "storage.mysql.password is empty",
    ),
    "a password that everybody tries": (
        f"{ELSEWHERE} storage.mysql.tls=verify storage.mysql.password=Changeme",
        "storage.mysql.password is one that everybody tries first",
    ),
    "a password that is the name of the user": (
        f"{ELSEWHERE} storage.mysql.tls=verify storage.mysql.user=x storage.mysql.password=X",
        "storage.mysql.password is one that everybody tries first",
    ),
    **{
        f"a database elsewhere with TLS that is {mode}": (
            f"{ELSEWHERE} storage.mysql.tls={mode}",
            "storage.mysql.host 10.0.0.1 is another machine",
        )
        for mode in ("off", "preferred", "required")
    },
    "an authority that nothing is compared with": (
        f"{HERE} storage.mysql.tls_ca_file=/etc/ca.pem",
        "storage.mysql.tls_ca_file checks nothing",
    ),
    "a certificate that nobody is shown": (
        f"{HERE} storage.mysql.tls=off storage.mysql.tls_certificate_file=/etc/client.pem",
        "storage.mysql.tls_certificate_file is not used",
    ),
    "a key without its certificate": (
        f"{HERE} storage.mysql.tls_key_file=/etc/client.key",
        "storage.mysql.tls_key_file needs storage.mysql.tls_certificate_file",
    ),
    "a Redis elsewhere with a known password": (
        "presence.backend=redis bus.backend=redis redis.url=redis://:redis@10.0.0.1/0",
        "the password in redis.url is one that everybody tries first",
    ),
    "more workers than connections": (
        "storage.backend=mysql storage.workers=20 storage.mysql.password=x",
        "storage.workers (20) wait for each other",
    ),
    "access that outlives refresh": (
        "access.access_ttl=1d access.refresh_ttl=1h",
        "access.access_ttl must be shorter than access.refresh_ttl",
    ),
    "a grace that outlives access": (
        "access.access_ttl=1m access.refresh_grace=1m",
        "access.refresh_grace must be shorter than access.access_ttl",
    ),
    "a lease that ends between two heartbeats": (
        "presence.lease=35s",
        "presence.lease must be longer than websocket.heartbeat",
    ),
    "an outbox smaller than a frame": (
        "websocket.frame=1MiB websocket.outbox_bytes=64KiB",
        "websocket.outbox_bytes must be at least websocket.frame",
    ),
    "kept logs smaller than one file": (
        "logging.rotation.keep_total=1MiB",
        "logging.rotation.keep_total must be at least logging.rotation.size",
    ),
}

ORIGINS = {
    "*": "must hold origins such as",
    "null": "must hold origins such as",
    "chat.example.org": "must hold origins such as",
    "ftp://chat.example.org": "must hold origins such as",
    "https://[x": "must hold origins such as",
    "https://*.example.org": "must name each origin in full",
    "https://chat.example.org/": "says more",
    "https://Chat.example.org": "says more",
    "https://alice@chat.example.org": "says more",
    "https://chat.example.org?x": "says more",
    "http://chat.example.org": "must hold https origins beyond this machine",
}

WARNED = {
    "nobody's forwarded address being believed": (
        "server.behind_tls=true",
        "server.trusted_proxies is empty",
    ),
    "metrics for everybody": ("ops.host=0.0.0.0", "shows health and metrics to everybody"),
    "an empty password on this machine": (
        "storage.backend=mysql",
        "storage.mysql.password is empty",
    ),
    "a Redis elsewhere without a password": (
        "presence.backend=redis bus.backend=redis redis.url=redis://10.0.0.1/0",
        "the password in redis.url is empty",
    ),
    "presence that ends at the node": (
        "bus.backend=redis",
        "people on other nodes seem offline",
    ),
    "limits that each node counts for itself": (
        "presence.backend=redis bus.backend=redis limits.backend=memory",
        "every node allows as many log-ins as one may",
    ),
}

ACCEPTED = {
    "loopback by name": "server.host=localhost",
    "loopback in version 6": "server.host=::1",
    "TLS in front": "server.host=0.0.0.0 server.behind_tls=true server.trusted_proxies=10.0.0.7",
    "two listeners on one port of two hosts": (
        "ops.port=8000 server.host=chat.example.org server.behind_tls=true "
        "server.trusted_proxies=10.0.0.7"
    ),
    "no ops listener": "ops.port=0 server.port=8001",
    "a socket instead of a password": (
        "storage.backend=mysql storage.mysql.unix_socket=/run/mysqld/mysqld.sock"
    ),
    "a database elsewhere whose certificate is checked": (
        f"{ELSEWHERE} storage.mysql.tls=verify storage.mysql.tls_ca_file=/etc/ca.pem"
    ),
    "a database elsewhere in a network that is safe itself": (
        f"{ELSEWHERE} storage.mysql.allow_insecure=true"
    ),
    "Redis over a socket": (
        "presence.backend=redis bus.backend=redis redis.url=unix:///run/redis.sock"
    ),
    "a weak password of a database that is not used": (
        "storage.mysql.host=db.example.org storage.mysql.password=root"
    ),
    "origins of a page in development": (
        "server.origins=http://localhost:5173,http://127.0.0.1:80,https://chat.example.org:8443"
    ),
    "a backend from elsewhere": "storage.backend=my_company.parlour_store:build",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, {}, given(text))

    assert len(caught.value.problems) == 1
    assert message in str(caught.value)


@pytest.mark.parametrize(("origin", "message"), ORIGINS.items())
def test_refuses_invalid_origins(origin: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, {}, {"server.origins": [origin]})

    assert "--origins: server.origins must" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "message"), WARNED.values(), ids=WARNED)
def test_warns_of(text: str, message: str) -> None:
    loaded = load(None, {}, given(text))

    (warning,) = loaded.warnings
    assert message in warning.message


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_accepts(text: str) -> None:
    assert load(None, {}, given(text)).warnings == ()


def test_rules_ignore_keys_with_an_invalid_value() -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, {}, {"server.port": "none", "ops.port": 8000})

    assert ["--port"] == [problem.where for problem in caught.value.problems]


def test_a_broken_rule_names_the_place_in_the_configuration() -> None:
    with pytest.raises(ConfigError, match="PARLOUR__OPS__PORT: ops"):
        load(None, {"PARLOUR__OPS__PORT": "8000"}, {})
