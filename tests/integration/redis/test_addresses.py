"""Redis is reached over TLS, through a Unix socket, and as a user with few permissions."""

import datetime as dt
from pathlib import Path

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from parlour.adapters.redis import open_bus, open_limiter, open_presence
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.ids import SessionId
from parlour.domain.kernel.limits import Rate
from parlour.domain.presence import Lease
from tests.integration.redis.conftest import Node
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.processes import free_port
from tests.support.redis_bus import RedisAddress
from tests.support.servers import RedisServer

LEASE = Lease(b.ALICE, SessionId(b.id_of("session")))


async def everything_works(settings: RedisAddress) -> None:
    node = Node(bus=open_bus(settings))
    await node.bus.start(node.ear)
    node.bus.check()
    await node.bus.follow(["c.1"])
    await node.hears(node, "c.1", b"x")
    node.bus.unfollow(["c.1"])
    await node.bus.follow(["c.2"])
    await node.hears(node, "c.2", b"x")
    await node.bus.close()
    presence = open_presence(settings)
    presence.check()
    presence.hold([LEASE], 45 * SECOND)
    assert presence.read([b.ALICE])[b.ALICE].leases == (LEASE,)
    presence.release([LEASE])
    presence.close()
    limiter = open_limiter(settings)
    assert limiter.take("alice", Rate(per_second=1, burst=1)) is None
    limiter.close()


async def test_a_unix_socket(own_redis: RedisServer) -> None:
    await everything_works(RedisAddress(url=f"unix://{own_redis.unix_socket}?db=3"))


async def test_a_numbered_database_and_options_in_the_address(own_redis: RedisServer) -> None:
    await everything_works(
        RedisAddress(url=f"redis://127.0.0.1:{own_redis.port}/2?max_connections=9")
    )


def test_an_unknown_option_in_the_address_is_an_error_at_once() -> None:
    with pytest.raises(TypeError, match="colour"):
        open_bus(RedisAddress(url="redis://127.0.0.1:6379/0?colour=red"))


async def test_a_user_with_the_least_permissions(own_redis: RedisServer) -> None:
    with redis.Redis.from_url(own_redis.url, protocol=2) as operator:
        operator.acl_setuser(
            "parlour",
            enabled=True,
            passwords=["+p@ss/word"],  # the plus adds it
            keys=["parlour:*"],
            channels=["parlour:*"],
            commands=[
                *("+ping", "+client|setname", "+select"),
                *("+eval", "+hgetall", "+hset", "+hdel", "+pexpire", "+get", "+set", "+time"),
                *("+ssubscribe", "+sunsubscribe", "+spublish"),
            ],
        )

    await everything_works(
        RedisAddress(url=f"redis://parlour:p%40ss%2Fword@127.0.0.1:{own_redis.port}/0")
    )


async def test_tls_with_a_verified_certificate(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    port = free_port()
    options = ["--tls-port", str(port), "--tls-auth-clients", "no"]
    options += ["--tls-cert-file", str(certificate), "--tls-key-file", str(key)]
    with RedisServer(options):
        await everything_works(
            RedisAddress(url=f"rediss://localhost:{port}/0?ssl_ca_certs={certificate}")
        )
        strange = RedisAddress(url=f"rediss://localhost:{port}/0")
        node = Node(bus=open_bus(strange))
        await node.bus.start(node.ear)
        with pytest.raises(Unavailable, match=r"(?i)certificate"):
            node.bus.check()
        await node.bus.close()
        limiter = open_limiter(strange)
        with pytest.raises(Unavailable):
            limiter.check()
        limiter.close()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for localhost and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths
