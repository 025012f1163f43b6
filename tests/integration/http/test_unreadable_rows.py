"""A row that cannot be read, after a repair by hand or on a bad disk, costs only itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from parlour.adapters.config.settings_backends import Sqlite, StorageSettings
from parlour.adapters.sql.tables import conversations
from parlour.domain.conversations import Rename, Title
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import Mark
from tests.support.http_service import HttpService, http_service
from tests.support.storages import new_sqlite

ROUNDS = 10


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[HttpService]:
    path = tmp_path / "parlour.db"
    new_sqlite(path).close()
    storage = StorageSettings(backend="sqlite", sqlite=Sqlite(path=path))
    async with http_service(storage=storage) as http:
        yield http


async def test_an_unreadable_conversation_breaks_one_batch_and_no_more(
    http: HttpService,
) -> None:
    alice = UserId(UUID((await http.register("alice")).id))
    rooms = [
        http.service.use.create_group(
            alice, title=Title(f"Room {number}"), members=()
        ).conversation.id
        for number in range(3)
    ]
    broken, *sound = rooms
    storage: Any = http.service.storage
    with storage.schema.engine.begin() as connection:
        row = conversations.c.id == broken.bytes
        connection.execute(update(conversations).where(row).values(kind="rubbish"))

    async def try_all(number: int) -> dict[ConversationId, list[Any]]:
        """Rename every conversation and mark it as read, all at once."""
        renames = [
            http.service.execute(
                Rename(actor=alice, conversation=room, title=Title(f"Name {number}"))
            )
            for room in rooms
        ]
        marks = [http.service.mark(Mark(conversation=room, user=alice, read=0)) for room in rooms]
        found = await asyncio.gather(*renames, *marks, return_exceptions=True)
        return {room: found[place :: len(rooms)] for place, room in enumerate(rooms)}

    await try_all(0)
    lane = http.service.lanes.commands[0]
    before = lane.batches
    for number in range(1, ROUNDS + 1):
        outcomes = await try_all(number)
        assert all(isinstance(each, DomainError) for each in outcomes[broken])
        assert not any(isinstance(each, Exception) for room in sound for each in outcomes[room])

    assert lane.batches - before == ROUNDS
    assert len(http.failures) == 4  # of each lane: the first batch, and what broke it
    http.failures.clear()
