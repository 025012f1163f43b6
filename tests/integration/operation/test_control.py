"""Log levels, traces and reloads of a running node, and its control socket."""

import os
import socket
import stat
import tempfile
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import attrs
import pytest

from parlour.adapters import logging
from parlour.adapters.config import Loaded, Settings, load
from parlour.adapters.logging import get_logger
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.entrypoints.listening import CannotServe, control_path, listen_at_path
from parlour.entrypoints.operation.control import ConfigurationWrong, Control, LogView
from parlour.entrypoints.operation.reloading import Reloader
from tests.support.http_service import HttpService, http_service


@attrs.frozen
class Desk:
    """A service with its log and control."""

    http: HttpService
    stream: StringIO
    running: logging.LoggingSubsystem
    control: Control
    file: Path

    def log_text(self) -> str:
        self.running.flush()
        return self.stream.getvalue()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    stream, file = StringIO(), tmp_path / "chat.toml"
    running = logging.start(Settings().logging, stream=stream)
    try:
        async with http_service() as http:

            def again() -> Loaded:
                return load(file, {}, {"storage.backend": "memory"})

            reloader = Reloader(http.service, load=again, logging=running)
            yield Desk(http, stream, running, Control(http.service, running, reloader), file)
    finally:
        running.close()


def level_of(view: LogView, logger: str) -> tuple[str, bool]:
    """Return the level of a logger and whether it is temporary."""
    found = next(each for each in view.levels if each.logger == logger)
    return found.level, found.until is not None


async def test_a_level_changes_at_once_and_stays(desk: Desk) -> None:
    get_logger("parlour.hub").debug("before")
    view = desk.control.change_level("debug", "parlour.hub")
    get_logger("parlour.hub").debug("after")
    assert level_of(view, "parlour.hub") == ("debug", False)
    assert "before" not in desk.log_text()
    assert "after" in desk.log_text()


async def test_a_level_may_be_temporary(desk: Desk) -> None:
    view = desk.control.change_level("error", "parlour", 60)
    assert level_of(view, "parlour") == ("error", True)
    desk.running.levels.set("parlour", "info")
    assert level_of(desk.control.show_log(), "parlour") == ("info", False)


@pytest.mark.parametrize(
    ("level", "logger", "seconds"),
    [
        ("loud", "parlour", None),
        ("info", "", None),
        ("info", "parlour", 0),
        ("info", "parlour", -5),
        ("info", "parlour", 10.0**9),
        ("info", "parlour", float("nan")),
    ],
)
async def test_an_invalid_level_is_refused(
    desk: Desk, level: str, logger: str, seconds: float | None
) -> None:
    before = desk.control.show_log().levels
    with pytest.raises(Invalid):
        desk.control.change_level(level, logger, seconds)
    assert desk.control.show_log().levels == before


@pytest.mark.parametrize("name", ["parlour.hubb", "parlor.hub"])
async def test_a_logger_that_does_not_exist_is_refused_with_the_nearest(
    desk: Desk, name: str
) -> None:
    with pytest.raises(Invalid, match=r"did you mean parlour\.hub\?"):
        desk.control.change_level("debug", name)


async def test_only_the_traced_user_has_debug_lines(desk: Desk) -> None:
    alice, bob = await desk.http.register("alice"), await desk.http.register("bob")
    view = await desk.control.change_trace("alice", 60)
    assert [each.user for each in view.traced] == [alice.id]
    for who in (alice, bob):
        await desk.http.ask("GET", "/v1/conversations", who)
    lines = [line for line in desk.log_text().splitlines() if "/v1/conversations" in line]
    assert len(lines) == 1
    assert alice.id in lines[0]
    await desk.control.change_trace(alice.id, 0)
    await desk.http.ask("GET", "/v1/me", alice)
    assert "/v1/me" not in desk.log_text()


async def test_an_unknown_user_cannot_be_traced(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.control.change_trace("nobody.here", 60)
    with pytest.raises(Invalid):
        await desk.control.change_trace("not a handle", 60)


async def test_a_reload_returns_the_keys_that_it_applied(desk: Desk) -> None:
    desk.file.write_text("[limits]\ngroup_members = 9\n[server]\nport = 9000\n")
    found = await desk.control.reload()
    assert "limits.group_members" in found.applied
    assert found.needs_restart == ["server.port"]
    desk.file.write_text("[limits]\ngroup_members = 0\n")
    with pytest.raises(ConfigurationWrong, match="group_members"):
        await desk.control.reload()


def test_only_the_owner_may_open_the_control_socket(tmp_path: Path) -> None:
    path = tmp_path / "node.control"
    before = os.umask(0)
    try:
        with listen_at_path(path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert not path.exists()


def test_a_stale_control_socket_is_replaced_and_one_in_use_is_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "node.control"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with listen_at_path(path):
        with pytest.raises(CannotServe, match="Another process"), listen_at_path(path):
            pass
        assert path.exists()


def test_a_folder_in_tmp_that_others_may_write_to_is_refused() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        with (
            pytest.raises(CannotServe, match="another user"),
            listen_at_path(Path(folder) / "8000.control"),
        ):
            pass


def test_a_path_that_is_too_long_is_refused_with_a_reason(tmp_path: Path) -> None:
    with (
        pytest.raises(CannotServe, match=r"Set ops\.socket"),
        listen_at_path(tmp_path / ("x" * 120)),
    ):
        pass


def test_the_control_socket_is_beside_the_database_by_default() -> None:
    def path(*given: str) -> Path | None:
        pairs = (pair.partition("=") for pair in given)
        settings = load(None, {}, {key: value for key, _, value in pairs}).settings
        return control_path(settings)

    assert path("storage.sqlite.path=/data/chat.db") == Path("/data/chat.db.control")
    folder = Path("/tmp") / f"parlour-{os.getuid()}"  # noqa: S108
    assert path("storage.backend=memory") == folder / "8000.control"
    assert path("storage.backend=mysql", "server.port=8010") == folder / "8010.control"
    assert path("storage.backend=memory", "server.port=0") is None
    assert path("storage.backend=memory", "ops.socket=/run/node") == Path("/run/node")
