"""A service that contains data of every kind, and its archive files."""

from pathlib import Path
from typing import Any

import attrs

from parlour.adapters import sql
from parlour.adapters.sql.archive import (
    write_backup,
    write_export,
)
from parlour.adapters.sql.stores import SqlStores
from parlour.adapters.sql.tables import metadata
from parlour.domain.conversations import ConversationSettings
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    Content,
    EditMessage,
    Emoji,
    Forwarded,
    RecallMessage,
    SetPin,
    SetReaction,
    Vote,
)
from parlour.domain.users import ChosenState, PresenceChoice
from tests.support.fakes import SECOND, START
from tests.support.storage_dump import dump
from tests.support.world import OPERATOR, World, new_world

RECALLED = "what nobody may read any more"
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
        self._live()
        world.read(bob, self.group, 2)
        settings = ConversationSettings(
            muted_until=START + SECOND, pinned=True, marked_unread=True
        )
        world.do.change_settings(bob, self.group, settings)
        world.do.choose_presence(bob, PresenceChoice(ChosenState.INVISIBLE, "at the sea"))
        world.do.set_account_disabled(OPERATOR, carol, disabled=True)

    def _live(self) -> None:
        """Let everything happen to messages that may."""
        world, group, (alice, bob, carol) = self.world, self.group, self.users
        for text in ("three and a half", "almost four"):
            content = Content(kind="text", body={"text": text})
            world.execute(EditMessage(actor=bob, conversation=group, seq=3, content=content))
        for user, emoji in ((alice, "👍"), (bob, "👍"), (carol, "❤️"), (bob, ":party-parrot:")):
            self._react(user, emoji)
        self._react(alice, "👍", on=False)
        world.execute(SetPin(actor=bob, conversation=group, seq=3, on=True))
        options = ["here", "there"]
        poll = Content(
            kind="poll", body={"question": "where?", "options": options, "multiple": True}
        )
        origin = Forwarded(by=bob, at=START, conversation=self.direct, seq=1)
        asked = attrs.evolve(world.draft(alice, group), content=poll)
        passed_on = attrs.evolve(world.draft(alice, group, "psst"), forwarded=origin)
        world.post(asked, passed_on)
        for user, chosen in ((alice, (0, 1)), (bob, (1,))):
            world.execute(Vote(actor=user, conversation=group, seq=4, options=chosen))
        recalled = world.say(bob, group, RECALLED, mentions=[str(alice)])
        world.execute(RecallMessage(actor=bob, conversation=group, seq=recalled.seq))
        self.last_seq = recalled.seq
        world.do.set_draft(alice, self.direct, TEXT, 1)
        world.do.hide_messages(bob, group, [2])
        world.do.clear_history(bob, self.direct, 1)

    def _react(self, user: UserId, emoji: str, *, on: bool = True) -> None:
        self.world.execute(
            SetReaction(actor=user, conversation=self.group, seq=3, emoji=Emoji(emoji), on=on)
        )

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
