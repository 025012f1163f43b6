"""What one address may hold and cost before anybody has logged in from there."""

from collections.abc import Callable

import attrs
import pytest

from parlour.adapters.config.settings import LimitSettings, Server, Settings
from parlour.adapters.memory.limits import MemoryRateLimiter
from parlour.domain.kernel.errors import Limited
from parlour.domain.kernel.limits import Rate
from parlour.entrypoints import connection_guard
from parlour.entrypoints.connection_guard import PAUSE, ConnectionGuard

CAFE, HOME, PROXY = "203.0.113.7", "198.51.100.1", "192.0.2.80"
FEW = LimitSettings(connections_per_address=2)


@attrs.define
class Clock:
    """A clock that the test sets."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Make = Callable[..., ConnectionGuard]


@pytest.fixture
def make(clock: Clock) -> Make:
    """Makes guards: at most two connections of an address, and two refusals."""

    def make_one(server: Server | None = None, limits: LimitSettings = FEW) -> ConnectionGuard:
        settings = Settings(server=server or Server(), limits=limits)
        limiter = MemoryRateLimiter(clock)

        def count(address: str) -> None:
            if limiter.take(address, Rate(0.001, burst=2)) is not None:
                raise Limited

        return ConnectionGuard(lambda: settings, count, clock=clock)

    return make_one


class TestConnections:
    def test_of_one_address_are_bounded_until_one_leaves(self, make: Make) -> None:
        guard = make()
        first, _ = guard.enter(CAFE), guard.enter(CAFE)
        with pytest.raises(Limited):
            guard.enter(CAFE)
        assert guard.enter(HOME)

        assert first is not None
        first.leave()

        assert guard.enter(CAFE)

    def test_of_one_ipv6_network_are_counted_together(self, make: Make) -> None:
        guard = make()
        guard.enter("2001:db8::1")
        guard.enter("2001:db8::2")

        with pytest.raises(Limited):
            guard.enter("2001:db8::3")

    def test_are_not_bounded_where_the_limit_is_0(self, make: Make) -> None:
        guard = make(limits=LimitSettings(connections_per_address=0))

        assert all(guard.enter(CAFE) for _ in range(1_000))

    @pytest.mark.parametrize(
        ("server", "peer"),
        [
            (Server(trusted_proxies=(PROXY,)), PROXY),
            (Server(behind_tls=True), PROXY),
            (Server(), None),
        ],
        ids=["a trusted proxy", "any proxy behind TLS", "a Unix socket"],
    )
    def test_of_many_clients_are_not_bounded_by_their_peer(
        self, make: Make, server: Server, peer: str | None
    ) -> None:
        guard = make(server)

        assert [guard.enter(peer) for _ in range(1_000)] == [None] * 1_000

    def test_through_a_proxy_are_bounded_by_the_client_that_it_names(self, make: Make) -> None:
        guard = make(Server(trusted_proxies=(PROXY,)))
        for _ in range(2):
            assert guard.enter_forwarded(PROXY, [f"forged, {CAFE}"])

        with pytest.raises(Limited):
            guard.enter_forwarded(PROXY, [CAFE])
        assert guard.enter_forwarded(PROXY, [HOME])
        assert guard.enter_forwarded(HOME, [CAFE]) is None


class TestRefusals:
    def test_beyond_their_rate_turn_an_address_away_for_a_moment(
        self, make: Make, clock: Clock
    ) -> None:
        guard = make()
        for _ in range(3):
            slot = guard.enter(CAFE)
            assert slot is not None
            slot.blame()
            slot.leave()

        with pytest.raises(Limited):
            guard.enter(CAFE)
        assert guard.enter(HOME)
        clock.now += PAUSE

        assert guard.enter(CAFE)

    def test_of_many_addresses_are_remembered_within_bounds(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection_guard, "MAX_PAUSED", 1)
        guard = make()
        for address in (CAFE, HOME):
            for _ in range(3):
                guard.blame(address)

        assert guard.enter(CAFE)
        with pytest.raises(Limited):
            guard.enter(HOME)


class TestLog:
    def test_tells_of_refused_connections_once_in_a_while(
        self, make: Make, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        guard = make()
        for _ in range(5):
            guard.report("too_many", CAFE)
        clock.now += connection_guard.REPORT_INTERVAL
        guard.report("too_many", CAFE)

        assert len(caplog.records) == 2
