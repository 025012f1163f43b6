"""A flood of log-ins is processed a few at a time and delays no other request."""

import asyncio
from pathlib import Path

from parlour.adapters.config.settings import Access, Settings
from parlour.adapters.config.settings_backends import Sqlite, StorageSettings
from parlour.domain.access import DeviceInfo, Password
from parlour.domain.kernel.errors import Overloaded
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.container import Container
from parlour.entrypoints.shell.service import Service

STRANGER = Handle.parse("stranger")
PASSWORD = Password.parse("quiet otters juggle lamps")


async def test_a_flood_of_log_ins_is_bounded_and_keeps_no_query_waiting(tmp_path: Path) -> None:
    settings = Settings(
        access=Access(hashers=2),
        storage=StorageSettings(
            backend="sqlite", workers=4, sqlite=Sqlite(path=tmp_path / "parlour.db")
        ),
    )
    service: Service = Container(settings=settings).service()
    service.storage.migrate()
    await service.start()
    alice = await service.run_hashing(
        service.use.register,
        handle=Handle.parse("alice"),
        display_name=DisplayName.parse("Alice"),
        password=PASSWORD,
        device=DeviceInfo(),
    )
    flood = [
        asyncio.create_task(
            service.run_hashing(
                service.use.log_in, handle=STRANGER, password=PASSWORD, device=DeviceInfo()
            )
        )
        for _ in range(200)
    ]
    for _ in range(20):
        await service.run(service.use.get_user, alice.user.id)

    assert not all(each.done() for each in flood)
    outcomes = await asyncio.gather(*flood, return_exceptions=True)
    # Two are hashed, thirty-two wait.
    assert sum(isinstance(each, Overloaded) for each in outcomes) == 200 - 34
    await service.stop()
