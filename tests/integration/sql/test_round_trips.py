"""How many round trips to the database a batch takes."""

from contextlib import closing

import attrs
import pytest

from parlour.adapters.sql import SqlStorage, SqlStores
from parlour.domain.conversations import Limits
from parlour.domain.kernel.errors import AlreadyExists, Unavailable
from parlour.domain.kernel.ids import SendKey, UserId
from parlour.domain.messages import Content, ExecuteCommands, Posted, PostMessage
from parlour.domain.users import DisplayName
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.fakes import ManualClock
from tests.support.relay import Relay
from tests.support.storages import mysql_storage

_COM_QUERY = 3


class Questions:
    """Counts what a client asks, packet by packet."""

    def __init__(self) -> None:
        self.asked = 0
        self.longest = 0

    def __call__(self, data: bytes) -> bool:
        # A packet begins with its length, its number (0 for a question) and the command.
        if len(data) > 4 and data[3:5] == bytes((0, _COM_QUERY)):
            self.asked += 1
            self.longest = max(self.longest, int.from_bytes(data[:3], "little"))
        return False


def seed(stores: SqlStores) -> None:
    stores.users.add(b.user("alice"))
    stores.users.add(b.user("carol"))
    stores.conversations.add(b.group())
    stores.conversations.add(b.group(b.KITCHEN))
    stores.members.add([b.member(), b.member(of=b.KITCHEN), b.member(b.CAROL)])


def drafts(count: int, text: str = "hi", named: tuple[UserId, ...] = ()) -> list[PostMessage]:
    return [
        PostMessage(
            conversation=(b.LOBBY, b.KITCHEN)[number % 2],
            sender=b.ALICE,
            session=None,
            key=SendKey(b.next_id()),
            content=Content(kind="text", body={"text": text}, mentions=named),
        )
        for number in range(count)
    ]


def count(storage: SqlStorage) -> int:
    return len(storage.uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 100)))


@pytest.mark.parametrize("size", [1, 40])
@pytest.mark.parametrize(
    ("text", "named"), [("hi", ()), ("hi @carol @all @nobody", ()), ("hi", (b.BOB, b.CAROL))]
)
def test_a_batch_of_messages_takes_two_round_trips(
    tables: Database, size: int, text: str, named: tuple[UserId, ...]
) -> None:
    questions = Questions()
    with Relay(tables.server.port, questions) as relay:
        server = attrs.evolve(tables.server, port=relay.port)
        with closing(mysql_storage(attrs.evolve(tables, server=server))) as storage:
            storage.uow(seed)
            execute = ExecuteCommands(storage.uow, ManualClock(), Limits())
            execute(drafts(2))
            questions.asked = 0
            outcomes = execute(drafts(size, text, named)).outcomes

            assert questions.asked == 2
            assert all(isinstance(outcome, Posted) for outcome in outcomes)


def test_a_large_batch_is_written_in_several_packets(tables: Database) -> None:
    questions = Questions()
    messages = [b.message(number, "𝒳" * 8_000) for number in range(1, 201)]
    with Relay(tables.server.port, questions) as relay:
        server = attrs.evolve(tables.server, port=relay.port)
        with closing(mysql_storage(attrs.evolve(tables, server=server))) as storage:
            storage.uow(seed)
            storage.uow(lambda stores: stores.messages.add(messages))

            kept = storage.uow.read(lambda stores: stores.messages.after(b.LOBBY, 0, 300))
    assert kept == messages
    # The texts alone are 6.4 MB; the smallest limit of a server that we know is 4 MiB.
    assert 1_000_000 < questions.longest < 4 << 20


def test_nothing_is_committed_after_a_failed_write(storage: SqlStorage) -> None:
    storage.uow(seed)

    def twice(stores: SqlStores) -> None:
        stores.messages.add([b.message(1)])
        stores.messages.add([b.message(1)])
        stores.users.add(b.user("bob"))

    for idempotent in (True, False):
        with pytest.raises(AlreadyExists):
            storage.uow(twice, idempotent=idempotent)
    assert not count(storage)
    assert storage.uow.read(lambda stores: stores.users.find(b.BOB)) is None


def test_a_failed_write_has_a_known_outcome(
    mariadb_storage: SqlStorage,
) -> None:
    storage = mariadb_storage
    storage.uow(seed)
    longer = attrs.evolve(b.user("bob"), display_name=DisplayName("b"))
    object.__setattr__(longer.display_name, "value", "b" * 10_000)

    def work(stores: SqlStores) -> None:
        stores.messages.add([b.message(1)])
        stores.users.add(longer)

    with pytest.raises(Unavailable):  # and not `OutcomeUnknown`: the commit was not reached
        storage.uow(work, idempotent=True)
    assert not count(storage)


def test_work_sees_its_own_writes(storage: SqlStorage) -> None:
    def work(stores: SqlStores) -> int:
        seed(stores)
        stores.messages.add([b.message(1)])
        return len(stores.messages.after(b.LOBBY, 0, 10))

    assert storage.uow(work) == 1


def test_an_error_of_the_work_clears_the_buffered_writes(storage: SqlStorage) -> None:
    def broken(stores: SqlStores) -> None:
        seed(stores)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        storage.uow(broken)
    storage.uow(lambda stores: stores.users.add(b.user("bob")))

    assert storage.uow.read(lambda stores: stores.users.find(b.ALICE)) is None
    assert storage.uow.read(lambda stores: stores.users.find(b.BOB)) is not None
