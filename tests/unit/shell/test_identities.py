"""The cache of authenticated tokens."""

from collections.abc import Iterator

import pytest

from parlour.adapters.security import TokenSecrets
from parlour.domain.access import Authenticate, Grant, TokenExpired
from parlour.domain.kernel.errors import Unauthenticated
from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop
from parlour.entrypoints.shell import identities
from parlour.entrypoints.shell.identities import Identities
from tests.support.fakes import SECOND
from tests.support.shell import HeldWorkers
from tests.support.world import World, new_world


class Cache:
    """Identities on a clock that the test moves."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self.loop = loop
        self.world: World = new_world()
        self.workers = HeldWorkers(is_open=True)
        self.identities = Identities(self.world.do.authenticate, self.workers, self.world.clock)
        self.alice: Grant = self.world.register("alice")

    def ask(self, token: str | None = None) -> object:
        return self.loop.finish(self.identities.of(token or self.alice.access_token)).user

    def wait(self, seconds: float) -> None:
        self.loop.advance(seconds)
        self.world.clock.advance(SECOND * seconds)

    @property
    def asked(self) -> int:
        return len(self.workers.calls)


@pytest.fixture
def cache() -> Iterator[Cache]:
    """An empty cache."""
    loop = VirtualTimeLoop()
    yield Cache(loop)
    loop.end()


class TestIdentities:
    def test_are_read_once_in_five_seconds(self, cache: Cache) -> None:
        for _ in range(3):
            assert cache.ask() == cache.alice.user.id
        assert cache.asked == 1

        cache.wait(5)
        cache.ask()
        assert cache.asked == 2

    def test_of_invalid_tokens_are_refused_and_not_cached(self, cache: Cache) -> None:
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                cache.ask("nobody's")

        assert cache.asked == 2

    def test_accept_any_text_as_a_token(self, cache: Cache) -> None:
        real = Authenticate(cache.world.storage.uow, cache.world.clock, TokenSecrets())
        cache.identities = Identities(real, cache.workers, cache.world.clock)

        with pytest.raises(Unauthenticated):
            cache.ask("\udcff")

    def test_expire_while_cached(self, cache: Cache) -> None:
        lives = (cache.alice.access_expires_at - cache.world.clock()).total_seconds()
        cache.wait(lives - 1)
        cache.ask()
        cache.wait(1)

        with pytest.raises(TokenExpired):
            cache.ask()

    def test_are_dropped_when_their_device_is_logged_out(self, cache: Cache) -> None:
        bob = cache.world.register("bob")
        cache.ask()
        cache.ask(bob.access_token)
        cache.world.do.end_device(cache.alice.user.id, cache.alice.device)
        cache.identities.forget(cache.alice.device)
        with pytest.raises(Unauthenticated):
            cache.ask()
        asked = cache.asked

        assert cache.ask(bob.access_token) == bob.user.id
        assert cache.asked == asked

    def test_are_all_dropped_when_a_signal_may_be_lost(self, cache: Cache) -> None:
        cache.ask()
        cache.identities.forget(None)
        cache.identities.forget(cache.alice.device)
        cache.ask()

        assert cache.asked == 2

    def test_are_not_cached_if_a_device_is_logged_out_meanwhile(self, cache: Cache) -> None:
        """The query began before the logout and ends after it."""
        cache.workers.is_open = False
        asking = cache.loop.create_task(cache.identities.of(cache.alice.access_token))
        cache.loop.settle()
        cache.identities.forget(cache.alice.device)
        cache.workers.is_open = True
        cache.workers.let_through()
        cache.loop.finish(_wait_for(asking))
        cache.ask()

        assert cache.asked == 2

    def test_are_cached_up_to_a_bound(self, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(identities, "MAX_CACHED", 2)
        tokens = [cache.world.register(handle).access_token for handle in ("bob", "carol", "dan")]
        for token in tokens:
            cache.ask(token)
        cache.ask(tokens[2])
        cache.ask(tokens[1])
        assert cache.asked == 3
        cache.ask(tokens[0])
        assert cache.asked == 4


async def _wait_for(task: object) -> None:
    await task  # type: ignore[misc]
