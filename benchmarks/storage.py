"""
What a durable message costs in the storage: the real use case, one thread, nothing else around it.

`messages_per_s` counts committed messages, `ms` is the median of a transaction and `cpu_us` what
this process spends on a message; the rest is the database. `bare` is one multi-row insert and a
commit by the driver alone, taken side by side: the machine's own measure.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import cycle, islice
from pathlib import Path
from uuid import uuid4

from parlour.adapters import sql
from parlour.adapters.system import SystemClock, Uuid7
from parlour.domain.conversations import Limits, OpenDirect
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.messages import Content, ExecuteCommands, Posted, PostMessage
from parlour.domain.users import DisplayName, Handle, User
from tests.support.addresses import Database
from tests.support.servers import MariaDbServer
from tests.support.storages import mysql_storage

CONVERSATIONS = 1_000
SHAPES = ((1, 1), (8, 8), (32, 8), (128, 1), (128, 32), (128, 128), (256, 256))
"""Messages a batch, and among how many conversations."""

TEXT = "The quick brown fox jumps over the lazy dog, and the dog does not even look up."

Place = tuple[ConversationId, UserId]
Commit = Callable[[int, int], None]


def run(seconds: float = 2.0) -> dict[str, dict[str, float]]:
    """Return the figures of every backend."""
    return {backend: measure(backend, seconds=seconds) for backend in _BACKENDS}


def measure(backend: str, *, seconds: float = 2.0) -> dict[str, float]:
    """Return the figures of one backend: `sqlite`, `mariadb` or `bare`.

    A figure is named after the shape: `messages_per_s_128_in_32`.
    """
    figures = {}
    with _BACKENDS[backend]() as commit:
        for batch, conversations in SHAPES:
            for name, value in _measure(commit, batch, conversations, seconds).items():
                figures[f"{name}_{batch}_in_{conversations}"] = value
    return figures


def _measure(commit: Commit, batch: int, conversations: int, seconds: float) -> dict[str, float]:
    for _ in range(5):
        commit(batch, conversations)
    samples = []
    cpu, end = time.process_time(), time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        commit(batch, conversations)
        samples.append(time.perf_counter() - began)
    spent = time.process_time() - cpu
    median = statistics.median(samples)
    return {
        "messages_per_s": round(batch / median),
        "ms": round(1e3 * median, 2),
        "cpu_us": round(1e6 * spent / len(samples) / batch, 1),
    }


@contextmanager
def _sqlite() -> Iterator[Commit]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sql.open_sqlite(Path(folder) / "parlour.db")) as storage,
    ):
        yield _posting(storage)


@contextmanager
def _mariadb() -> Iterator[Commit]:
    with (
        MariaDbServer(durable=True) as server,
        server.address.fresh_database() as database,
        closing(mysql_storage(database)) as storage,
    ):
        yield _posting(storage)


def _posting(storage: sql.SqlStorage) -> Commit:
    """Seed conversations of two; return what posts a batch among the next of them."""
    storage.migrate()
    clock, new_id = SystemClock(), Uuid7()
    open_direct = OpenDirect(uow=storage.uow, clock=clock, new_id=new_id)
    execute = ExecuteCommands(storage.uow, clock, Limits())
    session = SessionId(new_id())
    places: list[Place] = []
    for number in range(CONVERSATIONS):
        one, other = (_user(storage, f"u{number}-{side}", new_id) for side in "ab")
        places.append((open_direct(one, other).conversation.id, one))
    turn = cycle(places)

    def commit(batch: int, conversations: int) -> None:
        among = list(islice(turn, conversations))
        drafts = [
            PostMessage(
                conversation=conversation,
                sender=sender,
                session=session,
                key=SendKey(uuid4()),
                content=Content(kind="text", body={"text": TEXT}),
            )
            for conversation, sender in islice(cycle(among), batch)
        ]
        assert all(isinstance(outcome, Posted) for outcome in execute(drafts).outcomes)

    return commit


def _user(storage: sql.SqlStorage, handle: str, new_id: Uuid7) -> UserId:
    user = User(
        id=UserId(new_id()),
        handle=Handle(handle),
        display_name=DisplayName(handle),
        created_at=SystemClock()(),
    )

    def work(stores: sql.SqlStores) -> None:
        stores.users.add(user)
        stores.private_logs.open(user.id)

    storage.uow(work)
    return user.id


@contextmanager
def _bare() -> Iterator[Commit]:
    with (
        MariaDbServer(durable=True) as server,
        server.address.fresh_database() as database,
        closing(mysql_storage(database)) as storage,
    ):
        storage.migrate()
        with _inserting(database) as commit:
            yield commit


@contextmanager
def _inserting(database: Database) -> Iterator[Commit]:
    """Insert rows of messages and commit, with the driver alone."""
    insert = "INSERT INTO messages VALUES (" + ", ".join(["%s"] * 12) + ")"
    ids = [uuid4().bytes for _ in range(CONVERSATIONS)]
    turn = cycle(ids)
    numbers = iter(range(1, 1 << 53))

    with closing(database.connect()) as driver, driver.cursor() as cursor:
        driver.autocommit(False)

        def commit(batch: int, conversations: int) -> None:
            among = list(islice(turn, conversations))
            rows = [
                (conversation, number, number, ids[0], ids[1], uuid4().bytes,
                 "2026-01-02 03:04:05.000000", "text", f'{{"text":"{TEXT}"}}', None, None, 1)
                for conversation, number in zip(
                    islice(cycle(among), batch), numbers, strict=False
                )
            ]  # fmt: skip
            cursor.executemany(insert, rows)
            driver.commit()

        yield commit


_BACKENDS: Mapping[str, Callable[[], AbstractContextManager[Commit]]] = {
    "sqlite": _sqlite,
    "mariadb": _mariadb,
    "bare": _bare,
}


def main() -> None:
    """Print the figures."""
    print(json.dumps(run(), indent=1))


if __name__ == "__main__":
    main()
