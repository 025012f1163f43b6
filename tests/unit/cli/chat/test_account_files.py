"""The files of an account: private, separate for each service, safe with two processes."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from parlour.entrypoints.cli.chat.account_files import AccountFiles, state_folder
from parlour.entrypoints.client.errors import ClientError

SERVER = "http://127.0.0.1:8000"


@pytest.fixture
def account(tmp_path: Path) -> AccountFiles:
    return AccountFiles.at(tmp_path, SERVER, "alice")


def test_files_are_readable_by_their_owner_alone(account: AccountFiles) -> None:
    account.save_tokens({"refresh_token": "r"})
    account.outbox.touch()

    folders = [account.folder, account.folder.parent]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    assert stat.S_IMODE((account.folder / "tokens.json").stat().st_mode) == 0o600


def test_tokens_are_loaded_as_they_were_saved(account: AccountFiles) -> None:
    assert account.load_tokens() is None
    account.save_tokens({"refresh_token": "one"})
    account.save_tokens({"refresh_token": "two"})

    assert account.load_tokens() == {"refresh_token": "two"}
    assert [path.name for path in account.folder.iterdir()] == ["tokens.json"]

    account.forget_tokens()
    account.forget_tokens()
    assert account.load_tokens() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"other": 1}'])
def test_a_broken_file_counts_as_logged_out(account: AccountFiles, text: str) -> None:
    account.save_tokens({"refresh_token": "r"})
    (account.folder / "tokens.json").write_text(text, "utf-8")

    assert account.load_tokens() is None


def test_services_and_handles_have_separate_folders(tmp_path: Path) -> None:
    servers = [SERVER, "https://127.0.0.1:8000", "http://127.0.0.1:80", "http://127.0.0.1-8000"]
    folders = {
        AccountFiles.at(tmp_path, server, handle).folder
        for server in servers
        for handle in ("alice", "bob")
    }
    assert len(folders) == 8


@pytest.mark.parametrize("handle", ["", "..x/y", "a b", "ünal", "x" * 65])
def test_an_impossible_handle_is_refused_before_any_file_is_made(
    tmp_path: Path, handle: str
) -> None:
    with pytest.raises(ClientError):
        AccountFiles.at(tmp_path, SERVER, handle)

    assert list(tmp_path.iterdir()) == []


def test_the_state_folder_follows_xdg_state_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)

    assert state_folder({"XDG_STATE_HOME": "/var/s"}) == Path("/var/s/parlour/chat")
    assert state_folder({}) == tmp_path / ".local/state/parlour/chat"
    # The specification says: a relative path is to be ignored.
    assert state_folder({"XDG_STATE_HOME": "s"}) == tmp_path / ".local/state/parlour/chat"


async def test_one_process_at_a_time_holds_the_lock(account: AccountFiles) -> None:
    order: list[str] = []
    entered = asyncio.Event()

    async def second() -> None:
        await entered.wait()
        order.append("second waits")
        async with account.locked():
            order.append("second has it")

    waiting = asyncio.create_task(second())
    async with account.locked():
        entered.set()
        while "second waits" not in order:
            await asyncio.sleep(0)
        order.append("first lets go")
    await asyncio.wait_for(waiting, 10)

    assert order == ["second waits", "first lets go", "second has it"]


def test_tokens_are_stored_as_json(account: AccountFiles) -> None:
    account.save_tokens({"refresh_token": "r", "user": {"handle": "alice"}})

    kept = json.loads((account.folder / "tokens.json").read_text("utf-8"))
    assert kept["user"]["handle"] == "alice"
