"""What the head of a conversation costs a member who is far behind."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from parlour.adapters import sql
from parlour.domain.conversations import Role
from parlour.domain.messages import Message
from parlour.domain.sync import GetHead
from tests.support import builders as b
from tests.support.servers import MariaDbServer
from tests.support.storages import mysql_storage

STEP = 1_000
READS = 40


def measure(backend: str, distance: int) -> dict[str, float]:
    """Return `head_ms`, the median for a head whose member is *distance* messages behind."""
    with _storage(backend) as storage:
        storage.migrate()
        _fill(storage, distance)
        get = GetHead(storage.uow)
        assert get(b.ALICE, b.LOBBY).unread == distance - distance // 2
        times = []
        for _ in range(READS):
            started = time.perf_counter()
            get(b.ALICE, b.LOBBY)
            times.append(time.perf_counter() - started)
        return {"head_ms": statistics.median(times) * 1_000}


@contextmanager
def _storage(backend: str) -> Iterator[sql.SqlStorage]:
    if backend == "sqlite":
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(sql.open_sqlite(Path(folder) / "parlour.db")) as storage,
        ):
            yield storage
        return
    with (
        MariaDbServer(durable=False) as server,
        server.address.fresh_database() as database,
        closing(mysql_storage(database)) as storage,
    ):
        yield storage


def _fill(storage: sql.SqlStorage, distance: int) -> None:
    """Store a group whose two members sent as many messages each, and mentioned each other."""

    def conversation(stores: sql.SqlStores) -> None:
        stores.conversations.add(b.group(seq=distance, offset=distance, members=2))
        stores.members.add([b.member(b.ALICE, role=Role.OWNER), b.member(b.BOB)])

    storage.uow(conversation)
    people = (b.ALICE, b.BOB)
    for start in range(1, distance + 1, STEP):
        batch = [
            b.message(seq, by=people[seq % 2], mentions=(people[(seq + 1) % 2],))
            for seq in range(start, start + STEP)
        ]
        _add(storage, batch)


def _add(storage: sql.SqlStorage, batch: list[Message]) -> None:
    storage.uow(lambda stores: stores.messages.add(batch))
