"""Backup, restore, export and import, on SQLite and MariaDB."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from parlour.adapters.config import load
from parlour.domain.access import DeviceInfo, Password
from parlour.domain.conversations import Title
from parlour.domain.kernel.ids import SendKey
from parlour.domain.messages import Content, PostMessage
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.cli.main import parlour
from parlour.entrypoints.cli.open_storage import open_container
from parlour.entrypoints.operation.startup_checks import lock_sqlite_file
from tests.support.addresses import Database

PASSWORD = "four words are enough"
Settings = tuple[str, ...]


def run(settings: Settings, *words: str, typed: str = "") -> tuple[int, str]:
    pairs = [word for pair in settings for word in ("--set", pair)]
    done = CliRunner().invoke(parlour, [*words, *pairs], input=typed)
    return done.exit_code, done.output


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file() -> Settings:
    """A service on a file, with Alice, Bob and a message."""
    settings = ("storage.sqlite.path=old.db",)
    given = dict(pair.split("=", 1) for pair in settings)
    assert run(settings, "db", "upgrade")[0] == 0
    with open_container(load(None, {}, given).settings) as container:
        use = container.use_cases()
        alice, bob = (
            use.create_user(
                handle=Handle(name), display_name=DisplayName(name), password=Password(PASSWORD)
            )
            for name in ("alice", "bob")
        )
        room = use.create_group(alice.id, title=Title("Lobby"), members=[bob.id]).conversation
        content = Content.parse(body={"text": "the canary sings"})
        draft = PostMessage(
            conversation=room.id,
            sender=alice.id,
            session=None,
            key=SendKey(container.new_id()()),
            content=content,
        )
        use.execute_commands([draft])
    return settings


@pytest.fixture
def server(database: Database) -> Settings:
    """An empty database on a MariaDB."""
    return database.settings


def audited(settings: Settings) -> list[str]:
    code, output = run(settings, "audit", "--json")
    assert code == 0, output
    return [json.loads(line)["action"] for line in output.splitlines()]


def test_a_service_moves_from_a_file_to_a_server_and_back(
    file: Settings, server: Settings
) -> None:
    code, output = run(file, "backup", "one.backup")
    assert (code, "the file was read back" in output) == (0, True)
    code, output = run((), "restore", "--check", "one.backup")
    assert (code, "is whole" in output) == (0, True)
    code, output = run(server, "restore", "one.backup")
    assert (code, output.startswith("Restored ")) == (0, True)
    assert audited(file) == ["storage.backed_up"]
    assert audited(server) == ["storage.restored"]

    back = ("storage.sqlite.path=new.db",)
    assert run(server, "backup", "two.backup")[0] == 0
    assert run(back, "restore", "two.backup")[0] == 0
    given = {"storage.sqlite.path": "new.db"}
    with open_container(load(None, {}, given).settings) as container:
        use = container.use_cases()
        grant = use.log_in(
            handle=Handle("alice"), password=Password(PASSWORD), device=DeviceInfo()
        )
        (head,) = use.list_heads(grant.user.id).heads
    assert head.last is not None
    assert head.last.content.body == {"text": "the canary sings"}
    assert run(back, "stats", "--json")[1] == run(server, "stats", "--json")[1].replace(
        '"sessions": 0', '"sessions": 1'
    )


def test_an_export_moves_messages_without_passwords_and_sessions(
    file: Settings, server: Settings
) -> None:
    assert run(file, "export", "all.jsonl") == (0, "Wrote 10 lines to all.jsonl.\n")
    assert "argon2" not in Path("all.jsonl").read_text("utf-8")
    code, output = run(server, "import", "all.jsonl")
    assert (code, output) == (
        0, "Imported 10 lines from all.jsonl. Nobody has a password yet.\n",
    )  # fmt: skip
    assert audited(server) == ["storage.imported"]
    assert audited(file) == ["storage.exported"]
    words = ("user", "reset-password", "bob", "--password-stdin")
    assert run(server, *words, typed=f"{PASSWORD}\n")[0] == 0


def test_refusals_are_one_line(file: Settings, server: Settings) -> None:
    assert run(file, "backup", "one.backup")[0] == 0
    code, output = run(file, "backup", "one.backup")
    assert (code, "exists already: choose another name" in output) == (1, True)
    code, output = run(file, "restore", "one.backup")
    assert (code, "The database is not empty" in output) == (1, True)
    code, output = run(file, "import", "one.backup")
    assert (code, "is not an export of Parlour" in output) == (1, True)
    code, output = run(file, "backup", "no/such/folder.backup")
    assert (code, "No such file or directory" in output) == (1, True)
    code, output = run(("storage.backend=memory",), "backup", "two.backup")
    assert (code, "cannot be archived" in output) == (1, True)
    code, output = run(server, "backup", "two.backup")
    assert (code, "version none" in output) == (1, True)
    whole = Path("one.backup").read_bytes()
    Path("half.backup").write_bytes(whole[: len(whole) // 2])
    for words in (("restore", "half.backup"), ("restore", "--check", "half.backup")):
        code, output = run(server, *words)
        assert (code, "damaged or was cut off" in output) == (1, True)


@pytest.mark.parametrize("words", [("restore", "one.backup"), ("import", "one.backup")])
def test_a_database_in_use_is_not_filled(file: Settings, words: tuple[str, str]) -> None:
    assert run(file, "backup", "one.backup")[0] == 0
    target = ("storage.sqlite.path=new.db",)
    leave = lock_sqlite_file(load(None, {}, {"storage.sqlite.path": "new.db"}).settings)
    try:
        code, output = run(target, *words)
        assert (code, "Stop the service first" in output) == (1, True)
        assert not Path("new.db").exists()
    finally:
        leave()
    assert run(target, "restore", "one.backup")[0] == 0
