"""Presence in Redis fails fast during an outage, recovers by itself, and expires."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
import redis

from parlour.adapters.redis import RedisPresence, open_presence
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.presence import Lease
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.redis_bus import RedisAddress
from tests.support.servers import RedisServer

TERM = 45 * SECOND
INSTANT = timedelta(microseconds=1)
LEASE = Lease(b.ALICE, SessionId(b.id_of("session")))


@pytest.fixture
def presence(own_redis: RedisServer) -> Iterator[RedisPresence]:
    store = open_presence(RedisAddress(url=own_redis.url))
    yield store
    store.close()


def hold(presence: RedisPresence) -> None:
    presence.hold([LEASE], TERM)


def holds(presence: RedisPresence) -> bool:
    return presence.read([b.ALICE])[b.ALICE].leases == (LEASE,)


def soon(action: Callable[[], None]) -> None:
    """Do it until it is possible again."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return action()
        except Unavailable:
            assert time.monotonic() < deadline
            time.sleep(0.05)


class TestRedisIsDown:
    def test_is_not_needed_at_the_start(self, own_redis: RedisServer) -> None:
        own_redis.kill()
        store = open_presence(RedisAddress(url=own_redis.url))
        with pytest.raises(Unavailable):
            hold(store)
        own_redis.start()

        soon(lambda: hold(store))
        assert holds(store)
        store.close()

    def test_makes_every_call_unavailable_and_comes_back(
        self, presence: RedisPresence, own_redis: RedisServer
    ) -> None:
        hold(presence)
        own_redis.kill()
        for call in (
            lambda: presence.hold([LEASE], TERM),
            lambda: presence.release([LEASE]),
            lambda: presence.read([b.ALICE]),
            presence.check,
        ):
            with pytest.raises(Unavailable):
                call()
        own_redis.start()

        soon(presence.check)
        assert not holds(presence)
        hold(presence)
        assert holds(presence)

    def test_for_a_moment_fails_no_call(
        self, presence: RedisPresence, own_redis: RedisServer
    ) -> None:
        hold(presence)
        own_redis.restart()

        hold(presence)
        assert holds(presence)


class TestRedisHangs:
    def test_keeps_only_one_caller_waiting(
        self, presence: RedisPresence, own_redis: RedisServer
    ) -> None:
        hold(presence)
        own_redis.pause()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            hold(presence)
        for _ in range(1_000):
            with pytest.raises(Unavailable):
                hold(presence)
        # Each of them would wait for a second if it asked.
        assert time.monotonic() - began < 30
        own_redis.resume()

        soon(lambda: hold(presence))
        assert holds(presence)

    def test_is_asked_by_one_thread_at_a_time_after_the_first_failure(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.settimeout(0)
            presence = open_presence(
                RedisAddress(url=f"redis://127.0.0.1:{silent.getsockname()[1]}")
            )
            began = time.monotonic()
            with pytest.raises(Unavailable):
                hold(presence)

            def insist() -> None:
                while time.monotonic() < began + 4:
                    with pytest.raises(Unavailable):
                        hold(presence)
                    time.sleep(0.01)

            with ThreadPoolExecutor(8) as threads:
                for each in [threads.submit(insist) for _ in range(8)]:
                    each.result()
            attempts = 0
            with suppress(BlockingIOError):
                while True:
                    silent.accept()[0].close()
                    attempts += 1

            # A second of waiting for the answer and a second of rest, each time.
            assert 2 <= attempts <= 1 + (time.monotonic() - began) / 2
            presence.close()


class TestRedisRefuses:
    @pytest.mark.parametrize(
        ("breaking", "mending"),
        [
            (("CONFIG SET", "maxmemory", "1"), ("CONFIG SET", "maxmemory", "0")),
            (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
        ],
        ids=["full", "replica"],
    )
    def test_calls_until_it_accepts_them(
        self,
        presence: RedisPresence,
        own_redis: RedisServer,
        breaking: tuple[str, ...],
        mending: tuple[str, ...],
    ) -> None:
        hold(presence)
        with redis.Redis.from_url(own_redis.url, protocol=2) as operator:
            operator.execute_command(*breaking)
            with pytest.raises(Unavailable):
                hold(presence)
            operator.execute_command(*mending)

        soon(lambda: hold(presence))
        assert holds(presence)

    def test_a_password_makes_it_unavailable_too(
        self, own_redis: RedisServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        secret = "not-the-password"
        wrong = open_presence(RedisAddress(url=own_redis.url.replace("//", f"//:{secret}@")))
        with redis.Redis.from_url(own_redis.url, protocol=2) as operator:
            operator.config_set("requirepass", "the-password")
        for _ in range(3):
            with pytest.raises(Unavailable):
                hold(wrong)

        assert len(caplog.messages) == 1
        assert secret not in caplog.text
        wrong.close()


class TestStoredKeys:
    def test_are_restored_after_a_flush_by_the_next_renewal(
        self, presence: RedisPresence, own_redis: RedisServer
    ) -> None:
        hold(presence)
        with redis.Redis.from_url(own_redis.url) as operator:
            operator.flushall()
            operator.script_flush()
        assert not holds(presence)
        hold(presence)

        assert holds(presence)

    def test_expire(self, presence: RedisPresence, own_redis: RedisServer) -> None:
        users = [UserId(b.next_id()) for _ in range(10)]
        leases = [Lease(user, SessionId(b.next_id())) for user in users]
        presence.hold(leases, TERM)
        presence.release(leases[5:])
        with redis.Redis.from_url(own_redis.url) as operator:
            keys = list(operator.scan_iter())

            assert len(keys) == 10
            assert all(0 < operator.pttl(key) <= 30 * 24 * 3600 * 1000 for key in keys)
            assert all(key.startswith(b"parlour:presence:{") for key in keys)

    def test_forget_expired_sessions_when_others_renew(
        self, presence: RedisPresence, own_redis: RedisServer
    ) -> None:
        for _ in range(20):
            presence.hold([Lease(b.ALICE, SessionId(b.next_id()))], INSTANT)
        presence.hold([LEASE], TERM)
        with redis.Redis.from_url(own_redis.url) as operator:
            fields = operator.hlen(next(operator.scan_iter()))

        assert fields == 2  # the lease, and when she was last seen
