"""What an operator does to accounts, and what stays written down."""

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
    """Type a command; return its exit code and all that it printed."""
    done = CliRunner().invoke(parlour, words, input=typed)
    return done.exit_code, done.output


def lines(*words: str) -> list[dict[str, object]]:
    """Type a command that speaks JSON."""
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
    """The same storage, as a service has it open meanwhile."""
    with open_container(load(None, {}, {}).settings) as container:
        yield container


@pytest.fixture
def use(container: Container) -> UseCases:
    """What a service that runs meanwhile can do."""
    cases: UseCases = container.use_cases()
    return cases


class TestUser:
    def test_list_shows_everybody_or_those_asked_for(self) -> None:
        code, output = run("user", "list")
        assert code == 0
        assert [line.split()[:3] for line in output.splitlines()] == [
            ["HANDLE", "ROLE", "STATE"],
            ["alice", "admin", "enabled"],
            ["bob", "user", "enabled"],
        ]
        assert [row["handle"] for row in lines("user", "list", "b")] == ["bob"]
        assert run("user", "list", "nobody") == (0, "There are no such accounts.\n")

    def test_list_goes_on_after_the_first_page(self, container: Container) -> None:
        def work(stores: Stores) -> None:
            for number in range(120):
                stores.users.add(b.user(f"user{number}"))

        container.storage().uow(work)

        assert len(lines("user", "list")) == 122
        assert len(lines("user", "list", "user")) == 120

    def test_disable_and_enable_shut_and_open_an_account(self, use: UseCases) -> None:
        grant = log_in(use)
        assert run("user", "disable", "bob") == (0, "bob is disabled; 1 session ended.\n")
        with pytest.raises(Unauthenticated):
            use.authenticate(grant.access_token)
        with pytest.raises(WrongCredentials):
            log_in(use)
        assert lines("user", "list", "bob")[0]["state"] == "disabled"

        assert run("user", "enable", "bob") == (0, "bob is enabled.\n")
        log_in(use)

    def test_reset_password_lets_in_with_the_new_one_alone(self, use: UseCases) -> None:
        log_in(use)
        words = ("user", "reset-password", "bob", "--password-stdin")
        assert run(*words, typed=f"{NEW}\n") == (0, "bob has a new password; 1 session ended.\n")

        with pytest.raises(WrongCredentials):
            log_in(use)
        log_in(use, NEW)

    def test_reset_password_takes_none_that_everybody_tries(self, use: UseCases) -> None:
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

    @pytest.mark.parametrize("deed", ["disable", "enable", "sessions", "logout"])
    @pytest.mark.parametrize("handle", ["carol", "No Such", "admin"])
    def test_nobody_is_told_so(self, deed: str, handle: str) -> None:
        code, output = run("user", deed, handle)

        assert (code, f"There is no user {handle}." in output) == (1, True)

    def test_the_memory_backend_cannot_be_administered(self) -> None:
        code, output = run("user", "list", "--set", "storage.backend=memory")

        assert (code, "nothing is stored outside the process" in output) == (1, True)


class TestAudit:
    def test_shows_what_the_operator_did_the_last_first(self, use: UseCases) -> None:
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

    def test_names_the_admin_who_did_it(self, use: UseCases) -> None:
        alice = use.get_user(Handle("alice")).id
        bob = use.get_user(Handle("bob")).id
        use.set_account_disabled(Principal(alice, "192.0.2.7"), bob, disabled=True)
        code, output = run("audit", "--last", "1")

        assert code == 0
        assert output.splitlines()[1].split()[2:] == [
            "alice", "user.disabled", "bob", "sessions=0", "192.0.2.7",
        ]  # fmt: skip


def test_stats_count(use: UseCases) -> None:
    log_in(use)
    (counted,) = lines("stats")
    assert (counted["users"], counted["admins"], counted["sessions"]) == (2, 1, 1)
    code, output = run("stats")
    assert (code, "2  users" in output) == (0, True)
