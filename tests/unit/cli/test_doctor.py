"""`parlour doctor` finds what is wrong with a machine and says how to correct it."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from parlour.entrypoints.cli.check_machine import MIB, check_folder, check_port, check_space
from parlour.entrypoints.cli.check_result import CheckGrade
from parlour.entrypoints.cli.check_services import check_clock
from parlour.entrypoints.cli.main import parlour


class Answering(BaseHTTPRequestHandler):
    """Answers every request with the bytes of its server."""

    def do_GET(self) -> None:
        body: bytes = self.server.body  # type: ignore[attr-defined]
        self.send_response(401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class TestPorts:
    def test_a_free_port_is_ok(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        result = check_port("server", "127.0.0.1", port, "/v1/me")

        assert (result.grade, "is free" in result.text) == (CheckGrade.OK, True)

    @pytest.mark.parametrize("body", [b'{"code":"unauthenticated"}', b'{"state":"ok"}'])
    def test_a_parlour_that_serves_already_is_ok(self, listener: HTTPServer, body: bytes) -> None:
        listener.body = body  # type: ignore[attr-defined]
        result = check_port("server", "127.0.0.1", listener.server_port, "/v1/me")

        assert (result.grade, "already" in result.text) == (CheckGrade.OK, True)

    @pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}"])
    def test_another_program_on_the_port_fails(self, listener: HTTPServer, body: bytes) -> None:
        listener.body = body  # type: ignore[attr-defined]
        result = check_port("server", "127.0.0.1", listener.server_port, "/v1/me")

        assert result.grade is CheckGrade.FAILED
        assert "another program" in result.text
        assert "server.port" in result.fix

    def test_an_address_of_another_machine_fails(self) -> None:
        result = check_port("ops", "192.0.2.1", 8001, "/livez")

        assert (result.grade, "ops.host" in result.fix) == (CheckGrade.FAILED, True)

    def test_any_free_port_is_ok(self) -> None:
        assert check_port("server", "127.0.0.1", 0, "/v1/me").grade is CheckGrade.OK


class TestFolders:
    def grades(self, path: Path) -> list[CheckGrade]:
        return [each.grade for each in check_folder("data", path, "storage.sqlite.path")]

    def test_a_folder_that_will_be_made_is_ok(self, tmp_path: Path) -> None:
        assert self.grades(tmp_path / "new" / "deep" / "parlour.db") == [CheckGrade.OK] * 2

    def test_a_file_that_others_may_read_is_a_warning(self, tmp_path: Path) -> None:
        path = tmp_path / "parlour.db"
        path.touch(0o600)
        assert CheckGrade.WARNING not in self.grades(path)

        path.chmod(0o644)
        *_, last = check_folder("data", path, "storage.sqlite.path")
        assert (last.grade, last.fix) == (CheckGrade.WARNING, f"chmod 600 {path}")

    @pytest.mark.parametrize("what", ["folder", "file"])
    def test_what_may_not_be_written_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        path = tmp_path / "parlour.db"
        path.touch()
        locked = tmp_path if what == "folder" else path
        # Root, who may run this test, may write everywhere.
        monkeypatch.setattr(os, "access", lambda each, _mode: Path(each) != locked)

        assert self.grades(path) == [CheckGrade.FAILED]

    @pytest.mark.parametrize(
        ("free", "grade"),
        [
            (50 * MIB, CheckGrade.FAILED),
            (500 * MIB, CheckGrade.WARNING),
            (5000 * MIB, CheckGrade.OK),
        ],
    )
    def test_a_full_disk_fails_and_a_nearly_full_one_is_a_warning(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, grade: CheckGrade
    ) -> None:
        usage = attrs.make_class("Usage", ["free"])(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

        assert check_space("data", tmp_path).grade is grade


@pytest.mark.parametrize(
    ("skew", "grade"),
    [
        (0, CheckGrade.OK),
        (5, CheckGrade.WARNING),
        (-5, CheckGrade.WARNING),
        (300, CheckGrade.FAILED),
    ],
)
def test_a_clock_may_be_ahead_or_behind(skew: int, grade: CheckGrade) -> None:
    result = check_clock("database", lambda: datetime.now(UTC) + timedelta(seconds=skew))

    assert result.grade is grade
    assert bool(result.fix) is (grade is not CheckGrade.OK)


class TestCommand:
    @pytest.fixture(autouse=True)
    def _in_an_empty_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def run(self, *words: str) -> tuple[int, str]:
        ports = ("--set", "server.port=0", "--set", "ops.port=0")
        done = CliRunner().invoke(parlour, ["doctor", *ports, *words])
        return done.exit_code, done.output

    def test_a_new_machine_passes_and_nothing_is_created(self, tmp_path: Path) -> None:
        code, output = self.run()

        assert (code, "FAIL" in output) == (0, False)
        assert "parlour.db is created" in output
        assert list(tmp_path.iterdir()) == []

    def test_a_wrong_configuration_ends_the_checks(self) -> None:
        code, output = self.run("--set", "server.prot=1", "--set", "commits.lanes=0")

        assert code == 1
        assert output.count("FAIL") == 2
        assert "did you mean server.port?" in output

    def test_old_tables_ask_for_an_upgrade(self, tmp_path: Path) -> None:
        (tmp_path / "parlour.db").touch(0o600)
        code, output = self.run()
        assert code == 1
        assert "fix: run `parlour db upgrade`" in output

        CliRunner().invoke(parlour, ["db", "upgrade"])
        assert self.run()[0] == 0

    def test_a_file_that_is_not_a_database_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "parlour.db").write_bytes(b"a diary " * 1000)
        code, output = self.run()

        assert code == 1
        assert "parlour.db: file is not a database" in output

    def test_servers_that_do_not_answer_are_named_with_the_fix(self) -> None:
        mysql = ("storage.backend=mysql", "storage.mysql.port=9")
        redis = ("presence.backend=redis", "bus.backend=redis")
        url = "redis.url=redis://someone:h1dden-word@127.0.0.1:9/0"
        code, output = self.run(*(w for pair in (*mysql, *redis, url) for w in ("--set", pair)))

        assert code == 1
        assert "FAIL   database        parlour@127.0.0.1:9/parlour" in output
        assert "FAIL   redis           redis://127.0.0.1:9/0" in output
        assert "h1dden-word" not in output
        assert output.count("fix: ") >= 2

    def test_memory_is_a_warning(self) -> None:
        code, output = self.run("--set", "storage.backend=memory")

        assert (code, "warn   durability" in output) == (0, True)

    def test_a_backend_that_cannot_be_imported_is_named(self) -> None:
        code, output = self.run("--set", "storage.backend=nowhere.module:factory")

        assert (code, "nowhere.module" in output) == (1, True)
