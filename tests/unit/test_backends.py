"""Backends are chosen by name, or by the import path of a factory."""

from pathlib import Path

import attrs
import pytest

from examples.loopback_bus import LoopbackBus
from parlour.adapters.config.settings import Settings
from parlour.adapters.config.settings_backends import (
    BusSettings,
    PresenceSettings,
    StorageSettings,
)
from parlour.adapters.memory import MemoryBus, MemoryPresence, MemoryStorage
from parlour.domain.kernel.broadcast import Listener
from parlour.entrypoints.backends import BackendNotFound, build
from parlour.entrypoints.container import Container
from tests.support.processes import free_port

IN_MEMORY = Settings(storage=StorageSettings(backend="memory"))


def open_notes(settings: Settings) -> tuple[str, Settings]:
    """The factory of a third-party backend."""
    return "notes", settings


class Deaf(Listener):
    """Ignores everything."""

    def frame(self, topic: str, payload: bytes) -> None:
        pass

    def gap(self) -> None:
        pass


class TestBackends:
    def test_of_parlour_are_chosen_by_name(self) -> None:
        container = Container(settings=IN_MEMORY)

        assert isinstance(container.storage(), MemoryStorage)
        assert isinstance(container.presence(), MemoryPresence)
        assert isinstance(container.bus(), MemoryBus)

    def test_of_others_are_chosen_by_the_path_of_their_factory(self) -> None:
        settings = attrs.evolve(
            IN_MEMORY, bus=BusSettings(backend="examples.loopback_bus:open_bus")
        )

        assert isinstance(Container(settings=settings).bus(), LoopbackBus)

    @pytest.mark.parametrize("port", ["storage", "presence", "bus"])
    def test_of_others_get_all_settings(self, port: str) -> None:
        path = f"{__name__}:open_notes"
        sections = {"storage": StorageSettings, "presence": PresenceSettings, "bus": BusSettings}
        settings = attrs.evolve(IN_MEMORY, **{port: sections[port](backend=path)})
        found = getattr(Container(settings=settings), port)()

        assert ("notes", settings) == found

    def test_is_one_object_in_a_process(self) -> None:
        container = Container(settings=IN_MEMORY)

        assert container.storage() is container.storage()

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("no.such.module:open_bus", "cannot be imported"),
            ("examples.loopback_bus:open_window", "examples.loopback_bus has no open_window"),
        ],
        ids=["module", "factory"],
    )
    def test_that_cannot_be_imported_is_refused_with_a_reason(self, path: str, words: str) -> None:
        with pytest.raises(BackendNotFound, match=words):
            build(path)


class TestLoopbackBus:
    async def test_forgets_a_node_that_was_killed(self, tmp_path: Path) -> None:
        dead = tmp_path / str(free_port())
        dead.touch()
        bus = LoopbackBus(tmp_path)
        await bus.start(Deaf())

        assert dead not in list(tmp_path.iterdir())
        assert 1 == len(list(tmp_path.iterdir()))
        await bus.close()
        assert [] == list(tmp_path.iterdir())
