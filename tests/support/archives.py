"""A service that contains data of every kind, and its archive files."""

from pathlib import Path
from typing import Any

from parlour.adapters import sql
from parlour.adapters.sql.archive import (
    write_backup,
    write_export,
)
from parlour.adapters.sql.stores import SqlStores
from parlour.adapters.sql.tables import metadata
from parlour.domain.conversations import ConversationSettings
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.users import ChosenState, PresenceChoice
from tests.support.fakes import SECOND, START
from tests.support.storage_dump import dump
from tests.support.world import OPERATOR, World, new_world

TEXT = "Ünï 陽子 👩‍🚀 \\ \" ' % \u2028 \n tab\t"


def quiet(_what: str, _done: int, _total: int) -> None:
    """Show nobody how far it is."""


def nothing(_stores: SqlStores, _info: object) -> None:
    """Do nothing more."""


class Town:
    """A small service that contains every kind of data."""

    def __init__(self, storage: sql.SqlStorage) -> None:
        self.storage = storage
        self.world: World = new_world(storage)
        world = self.world
        self.users = world.people("alice", "bob", "carol")
        alice, bob, carol = self.users
        self.group = world.group(alice, bob, title="Ünï 陽子")
        self.direct = world.direct(alice, bob)
        self.notes = world.direct(carol, carol)
        world.say(alice, self.group, TEXT, "two", mentions=[str(bob), "all"])
        world.add_members(alice, self.group, [carol])
        world.say(bob, self.group, "three")
        world.say(bob, self.direct, "psst")
        world.read(bob, self.group, 2)
        settings = ConversationSettings(
            muted_until=START + SECOND, pinned=True, marked_unread=True
        )
        world.do.change_settings(bob, self.group, settings)
        world.do.choose_presence(bob, PresenceChoice(ChosenState.INVISIBLE, "at the sea"))
        world.do.set_account_disabled(OPERATOR, carol, disabled=True)

    @property
    def conversations(self) -> list[ConversationId]:
        return [self.group, self.direct, self.notes]

    def seen(self, storage: sql.SqlStorage) -> dict[str, Any]:
        """Return what *storage* contains of it."""
        return dict(dump(storage.uow, users=self.users, conversations=self.conversations))


def everything(storage: sql.SqlStorage) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables."""
    with storage.schema.engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.exec_driver_sql(
                    f"SELECT * FROM {table.name} ORDER BY "
                    + ", ".join(column.name for column in table.primary_key)
                )
            ]
            for table in metadata.sorted_tables
        }


def backup(storage: sql.SqlStorage, path: Path) -> Path:
    write_backup(storage, path, made_at="now", made_by="a test", progress=quiet)
    return path


def export(storage: sql.SqlStorage, path: Path) -> Path:
    write_export(storage, path, made_at=START, made_by="a test", progress=quiet)
    return path


def later_world(storage: sql.SqlStorage) -> World:
    """Create a world whose ids and tokens differ from those of the service."""
    world = new_world(storage)
    for _ in range(1_000):
        world.new_id()
        world.secrets.salt()
    return world
