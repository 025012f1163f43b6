"""Who a token stands for, remembered for a few seconds."""

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


class Door:
    """Identities whose time stands still."""

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
def door() -> Iterator[Door]:
    """A door where nobody has knocked yet."""
    loop = VirtualTimeLoop()
    yield Door(loop)
    loop.end()


class TestIdentities:
    def test_are_asked_for_once_in_five_seconds(self, door: Door) -> None:
        for _ in range(3):
            assert door.ask() == door.alice.user.id
        assert door.asked == 1

        door.wait(5)
        door.ask()
        assert door.asked == 2

    def test_of_strangers_are_refused_and_not_remembered(self, door: Door) -> None:
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                door.ask("nobody's")

        assert door.asked == 2

    def test_take_any_text_for_a_token(self, door: Door) -> None:
        real = Authenticate(door.world.storage.uow, door.world.clock, TokenSecrets())
        door.identities = Identities(real, door.workers, door.world.clock)

        with pytest.raises(Unauthenticated):
            door.ask("\udcff")

    def test_expire_while_they_are_remembered(self, door: Door) -> None:
        lives = (door.alice.access_expires_at - door.world.clock()).total_seconds()
        door.wait(lives - 1)
        door.ask()
        door.wait(1)

        with pytest.raises(TokenExpired):
            door.ask()

    def test_are_forgotten_when_their_device_ends(self, door: Door) -> None:
        bob = door.world.register("bob")
        door.ask()
        door.ask(bob.access_token)
        door.world.do.end_device(door.alice.user.id, door.alice.device)
        door.identities.forget(door.alice.device)
        with pytest.raises(Unauthenticated):
            door.ask()
        asked = door.asked

        assert door.ask(bob.access_token) == bob.user.id
        assert door.asked == asked

    def test_are_all_forgotten_when_a_signal_may_have_been_lost(self, door: Door) -> None:
        door.ask()
        door.identities.forget(None)
        door.identities.forget(door.alice.device)
        door.ask()

        assert door.asked == 2

    def test_are_not_remembered_where_a_device_ended_meanwhile(self, door: Door) -> None:
        """The database was asked before the end, and answers after it."""
        door.workers.is_open = False
        asking = door.loop.create_task(door.identities.of(door.alice.access_token))
        door.loop.settle()
        door.identities.forget(door.alice.device)
        door.workers.is_open = True
        door.workers.let_through()
        door.loop.finish(_wait_for(asking))
        door.ask()

        assert door.asked == 2

    def test_are_remembered_up_to_a_bound(
        self, door: Door, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(identities, "MAX_CACHED", 2)
        tokens = [door.world.register(handle).access_token for handle in ("bob", "carol", "dan")]
        for token in tokens:
            door.ask(token)
        door.ask(tokens[2])
        door.ask(tokens[1])
        assert door.asked == 3
        door.ask(tokens[0])
        assert door.asked == 4


async def _wait_for(task: object) -> None:
    await task  # type: ignore[misc]
