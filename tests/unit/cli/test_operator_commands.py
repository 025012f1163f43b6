"""The operator's commands for the database, accounts and configuration, and their errors."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from parlour.adapters.config import load
from parlour.domain.access import DeviceInfo, Password
from parlour.domain.users import Handle, UserRole
from parlour.entrypoints.cli.main import main, parlour
from parlour.entrypoints.cli.open_storage import open_container
from parlour.entrypoints.operation.startup_checks import lock_sqlite_file
from tests.support.broken_logs import move_head
from tests.support.world import new_world

PASSWORD = "four words are enough"
Type = Callable[..., "Done"]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty folder; return the path that the database will have."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "parlour.db"


@attrs.frozen
class Done:
    """The result of a command."""

    code: int | str | None
    out: str
    err: str


@pytest.fixture
def parlour_(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Type:
    """Run a command: `parlour_("db", "status")`."""

    def run(*words: str, typed: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["parlour", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        return Done(end.value.code or 0, told.out, told.err)

    return run


class TestDatabase:
    def test_status_fails_until_the_upgrade(self, parlour_: Type, database: Path) -> None:
        before = parlour_("db", "status")
        assert before.code == 1
        assert "the first start creates it" in before.err
        assert not database.exists()

        upgraded = parlour_("db", "upgrade")
        assert upgraded.code == 0
        assert "before it was none" in upgraded.out
        assert parlour_("db", "status").code == 0
        assert "already" in parlour_("db", "upgrade").out

    def test_check_names_what_is_damaged_until_it_is_mended(self, parlour_: Type) -> None:
        parlour_("db", "upgrade")
        assert "All logs are sound." in parlour_("db", "check").out
        with open_container(load(None, {}, {}).settings) as container:
            world = new_world(container.storage())
            alice, bob = world.people("alice", "bob")
            direct = world.direct(alice, bob)
            world.say(alice, direct, "hi")
            move_head(world.storage, direct, -1)

        found = parlour_("db", "check")
        assert found.code == 1
        assert f"conversation {direct}: head at seq 0, offset 1" in found.out
        assert "(--repair mends it)" in found.out
        mended = parlour_("db", "check", "--repair")
        assert (mended.code, "Mended" in mended.out) == (0, True)
        assert parlour_("db", "check").code == 0

    def test_check_repairs_no_file_that_is_served(self, parlour_: Type) -> None:
        parlour_("db", "upgrade")
        unlock = lock_sqlite_file(load(None, {}, {}).settings)
        try:
            assert parlour_("db", "check").code == 0
            refused = parlour_("db", "check", "--repair")
        finally:
            unlock()
        assert refused.code == 1
        assert "stop it before the repair" in refused.err

    def test_tables_of_a_newer_release_are_left_alone(
        self, parlour_: Type, database: Path
    ) -> None:
        parlour_("db", "upgrade")
        with open_container(load(None, {}, {}).settings) as container:
            engine = container.storage().schema.engine
            with engine.begin() as connection:
                connection.exec_driver_sql("UPDATE schema_version SET version_num = '9999'")

        for command in ("status", "upgrade"):
            done = parlour_("db", command)
            assert done.code == 1
            assert "9999" in done.err
            assert "a newer release" in done.err

    def test_memory_has_no_tables(self, parlour_: Type) -> None:
        for command in ("status", "upgrade"):
            done = parlour_("db", command, "--set", "storage.backend=memory")
            assert (done.code, "has no tables" in done.out) == (0, True)

    def test_a_file_that_is_not_a_database_is_an_error_of_one_line(
        self, parlour_: Type, database: Path
    ) -> None:
        database.write_bytes(b"this is a diary, not a database" * 100)
        done = parlour_("db", "upgrade")

        assert done.code == 1
        assert done.err == (
            "Error: The database cannot be used: file is not a database. "
            "`parlour doctor` says more.\n"
        )

    def test_a_backend_that_cannot_be_imported_is_named(self, parlour_: Type) -> None:
        done = parlour_("db", "status", "--set", "storage.backend=nowhere.module:factory")

        assert done.code == 1
        assert "nowhere.module" in done.err


class TestAccounts:
    def test_add_reads_the_password_from_a_pipe(self, parlour_: Type) -> None:
        parlour_("db", "upgrade")
        words = ("user", "add", "Alice", "--name", "Alice A.", "--admin", "--password-stdin")
        done = parlour_(*words, typed=f"{PASSWORD}\n")
        assert (done.code, done.out) == (0, "Added the admin alice.\n")

        with open_container(load(None, {}, {}).settings) as container:
            grant = container.use_cases().log_in(
                handle=Handle("alice"), password=Password(PASSWORD), device=DeviceInfo()
            )
        assert (grant.user.display_name.value, grant.user.role) == ("Alice A.", UserRole.ADMIN)

    def test_a_handle_is_unique(self, parlour_: Type) -> None:
        parlour_("db", "upgrade")
        words = ("user", "add", "bob", "--password-stdin")
        assert parlour_(*words, typed=f"{PASSWORD}\n").code == 0

        again = parlour_(*words, typed=f"{PASSWORD}\n")
        assert (again.code, again.err) == (1, "Error: This handle is taken\n")

    @pytest.mark.parametrize(
        ("handle", "password", "said"),
        [
            ("b", PASSWORD, "handle must be 2 to 32"),
            ("admin", PASSWORD, "handle is reserved"),
            ("bob", "short", "password must have at least 8"),
            ("bob", "password123", "password is one of those that everybody tries first"),
        ],
    )
    def test_invalid_accounts_are_refused_before_anything_is_created(
        self, parlour_: Type, database: Path, handle: str, password: str, said: str
    ) -> None:
        done = parlour_("user", "add", handle, "--password-stdin", typed=f"{password}\n")

        assert done.code == 1
        assert said in done.err
        assert not database.exists()

    def test_without_tables_add_names_the_version(self, parlour_: Type) -> None:
        done = parlour_("user", "add", "bob", "--password-stdin", typed=f"{PASSWORD}\n")

        assert done.code == 1
        assert "version none" in done.err

    def test_a_password_is_never_an_argument(self, parlour_: Type) -> None:
        done = parlour_("user", "add", "bob", "--password", PASSWORD)
        assert done.code == 2

        assert parlour_("user", "add", "bob").code == 2


class TestConfiguration:
    def test_show_says_where_each_value_came_from(
        self, parlour_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "chat.toml"
        file.write_text("[server]\nport = 9000\n", "utf-8")
        monkeypatch.setenv("PARLOUR__SERVER__DRAIN", "3s")
        done = parlour_("config", "show", "--config", str(file), "--set", "commits.lanes=2")
        lines = {line.split(" = ")[0]: line for line in done.out.splitlines()}

        assert lines["server.port"].endswith(f"# {file}:2")
        assert lines["server.drain"].endswith("# PARLOUR__SERVER__DRAIN")
        assert lines["commits.lanes"].startswith("commits.lanes = 2 ")
        assert lines["server.host"].endswith("# default")

    def test_show_never_shows_a_secret(
        self, parlour_: Type, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PARLOUR__STORAGE__MYSQL__PASSWORD", "hunter2hunter2")

        for form in ([], ["--json"]):
            assert "hunter2" not in parlour_("config", "show", *form).out

    def test_show_prints_json(self, parlour_: Type) -> None:
        lines = parlour_("config", "show", "--json").out.splitlines()
        shown = {entry["key"]: entry for entry in map(json.loads, lines)}

        assert shown["server.port"] == {"key": "server.port", "value": "8000", "origin": "default"}

    def test_an_environment_variable_names_the_file(
        self, parlour_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "chat.toml").write_text("[server]\nport = 9001\n", "utf-8")
        monkeypatch.setenv("PARLOUR_CONFIG", "chat.toml")

        assert "server.port = 9001" in parlour_("config", "show").out

    def test_check_names_everything_that_is_wrong(self, parlour_: Type, tmp_path: Path) -> None:
        file = tmp_path / "chat.toml"
        file.write_text("[server]\nprot = 1\nport = 'x'\n", "utf-8")
        done = parlour_("config", "check", str(file))
        assert done.code == 1
        assert "did you mean server.port?" in done.err
        assert f"{file}:3" in done.err

        file.write_text("[server]\nport = 9000\n", "utf-8")
        assert parlour_("config", "check", str(file)).code == 0

    def test_docs_print_the_reference(self, parlour_: Type) -> None:
        assert parlour_("config", "docs").out.startswith("# Configuration\n")

    def test_a_key_without_a_value_is_a_usage_error(self, parlour_: Type) -> None:
        done = parlour_("config", "show", "--set", "server.port")

        assert done.code == 2
        assert "KEY=VALUE" in done.err

    def test_serve_refuses_a_wrong_configuration(self, parlour_: Type) -> None:
        done = parlour_("serve", "--port", "http")

        assert done.code == 1
        assert "--port: server.port must be a whole number" in done.err


class TestMain:
    def test_an_error_is_one_plain_line(self, parlour_: Type) -> None:
        done = parlour_("db", "status")

        assert (done.code, done.out) == (1, "")
        assert done.err == "Error: There is no parlour.db: the first start creates it.\n"

    def test_a_usage_error_has_an_exit_code_of_its_own(self, parlour_: Type) -> None:
        assert [parlour_(word).code for word in ("nonsense", "--help", "--version")] == [2, 0, 0]

    def test_ctrl_c_ends_a_question(self, parlour_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*_words: object, **_options: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(parlour, "invoke", interrupted)

        assert parlour_("db", "status").code == 130
