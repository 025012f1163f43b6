"""`parlour user`, `audit` and `stats`: accounts and the audit log."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from parlour.adapters.config import load
from parlour.domain.access import DeviceInfo, Grant, Password, WrongCredentials
from parlour.domain.administration import Principal
from parlour.domain.kernel.errors import Unauthenticated
from parlour.domain.users import Handle
from parlour.entrypoints.cli.main import parlour
from parlour.entrypoints.cli.open_storage import open_container
from parlour.entrypoints.container import Container
from parlour.entrypoints.use_cases import Stores, UseCases
from tests.support import builders as b

PASSWORD = "four words are enough"
NEW = "seven red kites sleep"


def run(*words: str, typed: str = "") -> tuple[int, str]:
    """Run a command; return its exit code and output."""
    done = CliRunner().invoke(parlour, words, input=typed)
    return done.exit_code, done.output


def lines(*words: str) -> list[dict[str, object]]:
    """Run a command with --json; return the objects."""
    code, output = run(*words, "--json")
    assert code == 0, output
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(autouse=True)
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with Alice, who is an admin, and Bob."""
    monkeypatch.chdir(tmp_path)
    assert run("db", "upgrade")[0] == 0
    for words in (("alice", "--admin"), ("bob",)):
        assert run("user", "add", *words, "--password-stdin", typed=f"{PASSWORD}\n")[0] == 0


def log_in(use: UseCases, password: str = PASSWORD) -> Grant:
    return use.log_in(handle=Handle("bob"), password=Password(password), device=DeviceInfo("Tab"))


@pytest.fixture
def container() -> Iterator[Container]:
    """The same storage, opened like a running service."""
    with open_container(load(None, {}, {}).settings) as container:
        yield container


@pytest.fixture
def use(container: Container) -> UseCases:
    """The use cases of a running service."""
    cases: UseCases = container.use_cases()
    return cases


class TestUser:
    def test_list_shows_all_or_a_prefix(self) -> None:
        code, output = run("user", "list")
        assert code == 0
        assert [line.split()[:3] for line in output.splitlines()] == [
            ["HANDLE", "ROLE", "STATE"],
            ["alice", "admin", "enabled"],
            ["bob", "user", "enabled"],
        ]
        assert [row["handle"] for row in lines("user", "list", "b")] == ["bob"]
        assert run("user", "list", "nobody") == (0, "There are no such accounts.\n")

    def test_list_reads_all_pages(self, container: Container) -> None:
        def work(stores: Stores) -> None:
            for number in range(120):
                stores.users.add(b.user(f"user{number}"))

        container.storage().uow(work)

        assert len(lines("user", "list")) == 122
        assert len(lines("user", "list", "user")) == 120

    def test_disable_and_enable_change_an_account(self, use: UseCases) -> None:
        grant = log_in(use)
        assert run("user", "disable", "bob") == (0, "bob is disabled; 1 session ended.\n")
        with pytest.raises(Unauthenticated):
            use.authenticate(grant.access_token)
        with pytest.raises(WrongCredentials):
            log_in(use)
        assert lines("user", "list", "bob")[0]["state"] == "disabled"

        assert run("user", "enable", "bob") == (0, "bob is enabled.\n")
        log_in(use)

    def test_after_reset_password_only_the_new_one_works(self, use: UseCases) -> None:
        log_in(use)
        words = ("user", "reset-password", "bob", "--password-stdin")
        assert run(*words, typed=f"{NEW}\n") == (0, "bob has a new password; 1 session ended.\n")

        with pytest.raises(WrongCredentials):
            log_in(use)
        log_in(use, NEW)

    def test_reset_password_refuses_a_common_password(self, use: UseCases) -> None:
        code, output = run("user", "reset-password", "bob", "--password-stdin", typed="password\n")

        assert (code, "everybody tries first" in output) == (1, True)
        log_in(use)

    def test_sessions_are_listed_and_ended(self, use: UseCases) -> None:
        assert run("user", "sessions", "bob") == (0, "bob is not logged in anywhere.\n")
        grants = [log_in(use), log_in(use)]
        found = lines("user", "sessions", "bob")
        assert {row["device"] for row in found} == {str(grant.device) for grant in grants}
        assert {row["name"] for row in found} == {"Tab"}

        assert run("user", "logout", "bob") == (0, "2 sessions of bob ended.\n")
        assert run("user", "sessions", "bob") == (0, "bob is not logged in anywhere.\n")

    @pytest.mark.parametrize("command", ["disable", "enable", "sessions", "logout"])
    @pytest.mark.parametrize("handle", ["carol", "No Such", "admin"])
    def test_an_unknown_user_is_refused(self, command: str, handle: str) -> None:
        code, output = run("user", command, handle)

        assert (code, f"There is no user {handle}." in output) == (1, True)

    def test_the_memory_backend_cannot_be_administered(self) -> None:
        code, output = run("user", "list", "--set", "storage.backend=memory")

        assert (code, "nothing is stored outside the process" in output) == (1, True)


class TestAudit:
    def test_shows_the_last_action_first(self, use: UseCases) -> None:
        log_in(use)
        run("user", "logout", "bob")
        run("user", "disable", "bob")
        run("user", "disable", "bob")  # nothing more happens

        found = lines("audit")
        assert [(row["by"], row["action"], row["target"], row["details"]) for row in found] == [
            ("operator", "user.disabled", "bob", {"sessions": 0}),
            ("operator", "user.logged_out", "bob", {"sessions": 1}),
            ("operator", "user.added", "bob", {"role": "user"}),
            ("operator", "user.added", "alice", {"role": "admin"}),
        ]
        assert all("@" in str(row["from"]) for row in found)
        assert [row["action"] for row in lines("audit", "--last", "1")] == ["user.disabled"]

    def test_names_the_admin(self, use: UseCases) -> None:
        alice = use.get_user(Handle("alice")).id
        bob = use.get_user(Handle("bob")).id
        use.set_account_disabled(Principal(alice, "192.0.2.7"), bob, disabled=True)
        code, output = run("audit", "--last", "1")

        assert code == 0
        assert output.splitlines()[1].split()[2:] == [
            "alice", "user.disabled", "bob", "sessions=0", "192.0.2.7",
        ]  # fmt: skip


def test_stats_show_totals(use: UseCases) -> None:
    log_in(use)
    (counted,) = lines("stats")
    assert (counted["users"], counted["admins"], counted["sessions"]) == (2, 1, 1)
    code, output = run("stats")
    assert (code, "2  users" in output) == (0, True)
