"""Admins change log levels and reload the configuration over HTTP; the audit log records it."""

from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import attrs
import pytest

from parlour.adapters import logging
from parlour.adapters.config import Loaded, Settings, load
from parlour.domain.access import Password
from parlour.domain.kernel.limits import Rate
from parlour.domain.users import DisplayName, Handle, UserRole
from parlour.entrypoints.operation.control import Control
from parlour.entrypoints.operation.reloading import Reloader
from tests.support.http_client import PASSWORD, HttpUser
from tests.support.http_service import HttpService, http_service, with_control


@attrs.frozen
class Desk:
    """A service with its control, its configuration file, and an admin."""

    http: HttpService
    running: logging.LoggingSubsystem
    file: Path
    boss: HttpUser

    async def audit(self) -> list[tuple[str, dict[str, Any]]]:
        answer = await self.http.ask("GET", "/v1/admin/audit", self.boss)
        return [(each["action"], each["details"]) for each in answer.json()["entries"]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A node in memory with its log."""
    file = tmp_path / "chat.toml"
    running = logging.start(Settings().logging, stream=StringIO())
    try:
        async with http_service() as http:

            def again() -> Loaded:
                return load(file, {}, {"storage.backend": "memory"})

            http.service.use.create_user(
                handle=Handle("boss"),
                display_name=DisplayName("Boss"),
                password=Password(PASSWORD),
                role=UserRole.ADMIN,
            )
            reloader = Reloader(http.service, load=again, logging=running)
            control = Control(http.service, running, reloader)
            async with with_control(http, control) as held:
                yield Desk(held, running, file, await held.log_in("boss"))
    finally:
        running.close()


async def test_a_level_is_changed_for_a_limited_time(desk: Desk) -> None:
    body = {"logger": "parlour.http", "level": "debug", "seconds": 60}
    answer = await desk.http.ask("PUT", "/v1/admin/log/levels", desk.boss, json=body)

    assert answer.status_code == 200
    (level,) = [each for each in answer.json()["levels"] if each["logger"] == "parlour.http"]
    assert (level["level"], "until" in level) == ("debug", True)
    assert (await desk.http.ask("GET", "/v1/admin/log", desk.boss)).json()["levels"] == (
        answer.json()["levels"]
    )
    assert await desk.audit() == [("log.changed", {"logger": "parlour.http", "level": "debug"})]


async def test_an_unknown_level_is_refused_and_not_recorded(desk: Desk) -> None:
    answer = await desk.http.ask("PUT", "/v1/admin/log/levels", desk.boss, json={"level": "loud"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await desk.audit() == []


async def test_the_debug_lines_of_one_user_are_logged(desk: Desk) -> None:
    alice = await desk.http.register("alice")
    body = {"user": "alice", "seconds": 60}
    answer = await desk.http.ask("PUT", "/v1/admin/log/traces", desk.boss, json=body)

    assert [each["user"] for each in answer.json()["traced"]] == [alice.id]
    assert await desk.audit() == [("log.changed", {"user": "alice", "seconds": 60})]
    missing = await desk.http.ask(
        "PUT", "/v1/admin/log/traces", desk.boss, json={"user": "nobody-here", "seconds": 60}
    )
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_a_reload_applies_changes_and_a_wrong_file_changes_nothing(
    desk: Desk,
) -> None:
    desk.file.write_text('[limits]\nmessages = "7/s"\n', "utf-8")
    answer = await desk.http.ask("POST", "/v1/admin/reload", desk.boss)
    assert answer.status_code == 200
    assert "limits.messages" in answer.json()["applied"]
    assert desk.http.service.settings.limits.messages == Rate(7, burst=7)

    desk.file.write_text("[limits]\nmessages = 'x'\n", "utf-8")
    wrong = await desk.http.ask("POST", "/v1/admin/reload", desk.boss)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "conflict")
    assert desk.http.service.settings.limits.messages == Rate(7, burst=7)
    assert [action for action, _ in await desk.audit()] == ["config.reloaded"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "log", None),
        ("PUT", "log/levels", {"level": "debug"}),
        ("PUT", "log/traces", {"user": "boss", "seconds": 60}),
        ("POST", "reload", None),
    ],
)
async def test_other_users_are_refused(
    desk: Desk, method: str, path: str, body: dict[str, object] | None
) -> None:
    alice = await desk.http.register("alice")
    before = desk.running.levels.current()
    more = {} if body is None else {"json": body}
    answer = await desk.http.ask(method, f"/v1/admin/{path}", alice, **more)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert desk.running.levels.current() == before
    assert await desk.audit() == []
