"""The answer to a commit is lost: idempotent work is repeated, other outcomes are unknown."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import attrs
import pytest

from parlour.adapters.sql import SqlStorage, SqlStores
from parlour.domain.conversations import Changed, Limits, RemoveMember, Rename, Role, Title
from parlour.domain.kernel.errors import OutcomeUnknown
from parlour.domain.kernel.ids import SendKey
from parlour.domain.messages import Content, ExecuteCommands, Posted, PostMessage
from parlour.domain.users import DisplayName
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.fakes import ManualClock
from tests.support.relay import Relay
from tests.support.storages import mysql_storage


class OnceArmed:
    """Says yes to the first bytes with *mark* in them after `arm()`."""

    def __init__(self, mark: bytes) -> None:
        self.mark = mark
        self.left = 0

    def __call__(self, data: bytes) -> bool:
        if self.left and self.mark in data:
            self.left -= 1
            return True
        return False

    def arm(self, times: int = 1) -> None:
        self.left = times


@contextmanager
def cutting(tables: Database, cut: Callable[[bytes], bool]) -> Iterator[tuple[SqlStorage, Relay]]:
    with Relay(tables.server.port, cut) as relay:
        server = attrs.evolve(tables.server, port=relay.port)
        with closing(mysql_storage(attrs.evolve(tables, server=server))) as storage:
            yield storage, relay


def seed(stores: SqlStores) -> None:
    stores.users.add(b.user("alice"))
    stores.conversations.add(b.group())
    stores.members.add([b.member()])


def draft() -> PostMessage:
    return PostMessage(
        conversation=b.LOBBY,
        sender=b.ALICE,
        session=None,
        key=SendKey(b.next_id()),
        content=Content(kind="text", body={"text": "hi"}),
    )


def rename(stores: SqlStores) -> None:
    user = stores.users.find(b.ALICE)
    assert user is not None
    stores.users.save(attrs.evolve(user, display_name=DisplayName(user.display_name.value + "!")))


def name(storage: SqlStorage) -> str:
    user = storage.uow.read(lambda stores: stores.users.find(b.ALICE))
    assert user is not None
    return user.display_name.value


def test_a_message_is_posted_once_and_acknowledged(tables: Database) -> None:
    cut = OnceArmed(b"COMMIT")
    with cutting(tables, cut) as (storage, relay):
        storage.uow(seed)
        cut.arm()
        execute = ExecuteCommands(storage.uow, ManualClock(), Limits())
        (outcome,) = execute([draft()]).outcomes

        assert relay.cuts == 1
        assert isinstance(outcome, Posted)
        assert outcome.replayed
        assert [outcome.message] == storage.uow.read(
            lambda stores: stores.messages.after(b.LOBBY, 0, 10)
        )


def test_of_a_mixed_batch_only_what_may_run_twice_is_found_out(tables: Database) -> None:
    cut = OnceArmed(b"COMMIT")
    leave = RemoveMember(actor=b.BOB, conversation=b.LOBBY, user=b.BOB)
    with cutting(tables, cut) as (storage, relay):
        storage.uow(seed)
        storage.uow(lambda stores: stores.members.save([b.member(role=Role.OWNER)]))
        storage.uow(lambda stores: stores.members.add([b.member(b.BOB)]))
        cut.arm()
        execute = ExecuteCommands(storage.uow, ManualClock(), Limits())
        said, left, renamed = execute(
            [
                draft(),
                leave,
                Rename(actor=b.ALICE, conversation=b.LOBBY, title=Title("Hall")),
            ]
        ).outcomes

        assert relay.cuts == 1
        assert said.replayed
        assert isinstance(left, OutcomeUnknown)
        assert renamed == Changed(3, replayed=True)
        events = storage.uow.read(lambda stores: stores.events.after(b.LOBBY, 0, 10))
        assert [event.kind for event in events] == ["member.removed", "conversation.changed"]


def test_work_that_is_not_idempotent_is_not_repeated(tables: Database) -> None:
    cut = OnceArmed(b"COMMIT")
    with cutting(tables, cut) as (storage, relay):
        storage.uow(seed)
        cut.arm()
        with pytest.raises(OutcomeUnknown):
            storage.uow(rename)

        assert relay.cuts == 1
        # The commit itself arrived, and had its effect once.
        storage.uow(rename)
        assert name(storage) == "Alice!!"


def test_idempotent_work_has_an_unknown_outcome_where_the_retry_fails(tables: Database) -> None:
    cut = OnceArmed(b"COMMIT")
    with cutting(tables, cut) as (storage, relay):
        storage.uow(seed)
        cut.arm(times=100)
        with pytest.raises(OutcomeUnknown):
            storage.uow(lambda stores: stores.users.save(b.user("alice", "A.")), idempotent=True)

        assert relay.cuts == 4


def test_a_connection_cut_before_the_commit_causes_no_error(tables: Database) -> None:
    cut = OnceArmed(b"UPDATE users")
    with cutting(tables, cut) as (storage, relay):
        storage.uow(seed)
        cut.arm()
        storage.uow(rename)

        assert relay.cuts == 1
        assert name(storage) == "Alice!"


def test_a_read_is_repeated(tables: Database) -> None:
    cut = OnceArmed(b"FROM users")
    with cutting(tables, cut) as (storage, relay):
        storage.uow(seed)
        cut.arm()

        assert name(storage) == "Alice"
        assert relay.cuts == 1


def test_a_connection_cut_after_a_read_causes_no_error_in_the_next(tables: Database) -> None:
    cut = OnceArmed(b"COMMIT")
    with cutting(tables, cut) as (storage, relay):
        storage.uow(seed)
        cut.arm()

        assert name(storage) == "Alice"  # its rows are here: nobody waits for the end of the read
        assert name(storage) == "Alice"
        assert relay.cuts == 1
