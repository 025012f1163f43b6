"""Accounts as administrators list and change them."""

from collections.abc import Callable
from uuid import UUID

import attrs
import pytest

from parlour.domain.access import Password, WrongCredentials
from parlour.domain.administration import Principal
from parlour.domain.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from parlour.domain.kernel.ids import UserId
from parlour.domain.users import DisplayName, Handle, HandleTaken, UserRole
from tests.support import builders as b
from tests.support.world import BROWSER, OPERATOR, PASSWORD, World

NEW = Password("a completely new password")
NOBODY = UserId(b.next_id())


def add(
    world: World, handle: str, by: Principal = OPERATOR, role: UserRole = UserRole.USER
) -> UserId:
    return world.do.add_account(
        by,
        handle=Handle.parse(handle),
        display_name=DisplayName(handle.title()),
        password=PASSWORD,
        role=role,
    ).id


@pytest.fixture
def boss(world: World) -> Principal:
    """An administrator with an account."""
    return Principal(add(world, "boss", role=UserRole.ADMIN), "192.0.2.7")


def log_in(world: World, handle: str, password: Password = PASSWORD) -> str:
    grant = world.do.log_in(handle=Handle(handle), password=password, device=BROWSER)
    return grant.access_token


def written(world: World) -> list[tuple[str | None, str, UUID | None, dict[str, object]]]:
    """Return the audit log, the first entry first."""
    page = world.do.read_audit(OPERATOR)
    return [
        (page.handles[each.by] if each.by else None, each.action, each.target, dict(each.details))
        for each in reversed(page.entries)
    ]


ACTIONS: dict[str, Callable[[World, Principal, UserId], object]] = {
    "find_accounts": lambda world, by, _: world.do.find_accounts(by),
    "find_account": lambda world, by, user: world.do.find_account(by, user),
    "add_account": lambda world, by, _: add(world, "newcomer", by),
    "disable": lambda world, by, user: world.do.set_account_disabled(by, user, disabled=True),
    "enable": lambda world, by, user: world.do.set_account_disabled(by, user, disabled=False),
    "reset_password": lambda world, by, user: world.do.reset_password(by, user, NEW),
    "list_sessions": lambda world, by, user: world.do.list_sessions(by, user),
    "log_out_everywhere": lambda world, by, user: world.do.log_out_everywhere(by, user),
    "take_census": lambda world, by, _: world.do.count_all(by),
    "read_audit": lambda world, by, _: world.do.read_audit(by),
}


class TestPermission:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_is_given_to_the_operator_and_admins_only(
        self, world: World, boss: Principal, action: str
    ) -> None:
        (bob, mallory) = world.people("bob", "mallory")
        before = written(world)
        for stranger in (mallory, NOBODY):
            with pytest.raises(Forbidden):
                ACTIONS[action](world, Principal(stranger, ""), bob)
        assert written(world) == before

        ACTIONS[action](world, boss, bob)
        if action != "add_account":
            ACTIONS[action](world, OPERATOR, bob)

    @pytest.mark.parametrize("action", ACTIONS)
    def test_ends_when_an_admin_is_disabled(
        self, world: World, boss: Principal, action: str
    ) -> None:
        (bob,) = world.people("bob")
        assert boss.user is not None
        world.do.set_account_disabled(OPERATOR, boss.user, disabled=True)

        with pytest.raises(Forbidden):
            ACTIONS[action](world, boss, bob)

    @pytest.mark.parametrize("action", ["add_account", "reset_password"])
    def test_is_checked_before_hashing(self, world: World, action: str) -> None:
        bob, mallory = world.people("bob", "mallory")
        world.hasher.full = True

        with pytest.raises(Forbidden):
            ACTIONS[action](world, Principal(mallory, ""), bob)

    @pytest.mark.parametrize("action", ["add_account", "reset_password"])
    def test_is_checked_again_after_hashing(
        self, world: World, boss: Principal, action: str
    ) -> None:
        (bob,) = world.people("bob")
        assert boss.user is not None
        user = boss.user
        world.hasher.meanwhile = lambda: world.do.set_account_disabled(
            OPERATOR, user, disabled=True
        )

        with pytest.raises(Forbidden):
            ACTIONS[action](world, boss, bob)
        assert log_in(world, "bob")

    @pytest.mark.parametrize(
        "action",
        sorted({*ACTIONS} - {"find_accounts", "add_account", "take_census", "read_audit"}),
    )
    def test_for_an_unknown_user_is_not_found(self, world: World, action: str) -> None:
        with pytest.raises(NotFound):
            ACTIONS[action](world, OPERATOR, NOBODY)
        assert written(world) == []


class TestAddAccount:
    def test_makes_an_account_that_can_log_in(self, world: World, boss: Principal) -> None:
        alice = add(world, "alice", boss)

        assert log_in(world, "alice")
        assert ("boss", "user.added", alice, {"role": "user"}) == written(world)[-1]

    def test_refuses_a_taken_handle_and_records_nothing(self, world: World) -> None:
        add(world, "alice")
        before = written(world)
        with pytest.raises(HandleTaken):
            add(world, "alice")

        assert written(world) == before

    def test_makes_the_first_admin(self, world: World) -> None:
        boss = add(world, "boss", role=UserRole.ADMIN)

        assert world.do.find_account(Principal(boss, ""), boss).role is UserRole.ADMIN
        assert written(world) == [(None, "user.added", boss, {"role": "admin"})]


class TestFindAccounts:
    @pytest.fixture
    def town(self, world: World) -> World:
        world.people("bob", "al.b", "anna", "al")
        disabled = world.do.find_account(OPERATOR, Handle("anna")).id
        world.do.set_account_disabled(OPERATOR, disabled, disabled=True)
        return world

    @pytest.mark.parametrize(
        ("prefix", "found"),
        [
            ("", ["al", "al.b", "anna", "bob"]),
            ("a", ["al", "al.b", "anna"]),
            (" @AL", ["al", "al.b"]),
            ("al.", ["al.b"]),
            ("x", []),
            ("%", []),
            ("ä", []),
        ],
    )
    def test_lists_all_by_a_prefix_of_the_handle(
        self, town: World, prefix: str, found: list[str]
    ) -> None:
        page = town.do.find_accounts(OPERATOR, prefix)

        assert [user.handle.value for user in page.users] == found
        assert page.next is None

    def test_goes_on_page_by_page(self, town: World) -> None:
        first = town.do.find_accounts(OPERATOR, "a", limit=2)
        second = town.do.find_accounts(OPERATOR, "a", limit=2, cursor=first.next)

        assert [user.handle.value for user in (*first.users, *second.users)] == [
            "al", "al.b", "anna",
        ]  # fmt: skip
        assert second.users[0].disabled
        assert second.next is None

    @pytest.mark.parametrize("bad", [{"limit": 0}, {"limit": 101}, {"cursor": "x"}])
    def test_refuses_invalid_pages(self, town: World, bad: dict[str, object]) -> None:
        with pytest.raises(Invalid):
            town.do.find_accounts(OPERATOR, **bad)  # type: ignore[arg-type] # that is the point

    def test_finds_one_by_handle_or_id(self, town: World) -> None:
        bob = town.do.find_account(OPERATOR, Handle("bob"))

        assert town.do.find_account(OPERATOR, bob.id) == bob
        with pytest.raises(NotFound):
            town.do.find_account(OPERATOR, Handle("nobody.here"))


class TestSetAccountDisabled:
    def test_ends_all_sessions_and_forbids_log_ins(self, world: World, boss: Principal) -> None:
        grant = world.register("alice")
        user, ended = world.do.set_account_disabled(boss, grant.user.id, disabled=True)

        assert user == attrs.evolve(grant.user, disabled=True)
        assert ended.devices == (grant.device,)
        with pytest.raises(Unauthenticated):
            world.do.authenticate(grant.access_token)
        with pytest.raises(WrongCredentials):
            log_in(world, "alice")
        assert written(world)[-1] == ("boss", "user.disabled", user.id, {"sessions": 1})

    def test_allows_log_ins_again(self, world: World, boss: Principal) -> None:
        (alice,) = world.people("alice")
        world.do.set_account_disabled(boss, alice, disabled=True)
        user, ended = world.do.set_account_disabled(boss, alice, disabled=False)

        assert (user.disabled, ended.devices) == (False, ())
        assert log_in(world, "alice")
        assert written(world)[-1] == ("boss", "user.enabled", alice, {"sessions": 0})

    def test_records_nothing_without_a_change(self, world: World, boss: Principal) -> None:
        (alice,) = world.people("alice")
        before = written(world)
        user, ended = world.do.set_account_disabled(boss, alice, disabled=False)

        assert (user.id, ended.devices, written(world)) == (alice, (), before)

    def test_admins_cannot_disable_themselves(self, world: World, boss: Principal) -> None:
        assert boss.user is not None
        with pytest.raises(Conflict, match="themselves"):
            world.do.set_account_disabled(boss, boss.user, disabled=True)
        world.do.set_account_disabled(OPERATOR, boss.user, disabled=True)


class TestResetPassword:
    def test_ends_all_sessions_and_only_the_new_password_logs_in(
        self, world: World, boss: Principal
    ) -> None:
        grant = world.register("alice")
        world.clock.advance()
        ended = world.do.reset_password(boss, grant.user.id, NEW)

        assert ended.devices == (grant.device,)
        assert log_in(world, "alice", NEW)
        with pytest.raises(WrongCredentials):
            log_in(world, "alice")
        by, action, target, details = written(world)[-1]
        assert (by, action, target) == ("boss", "password.reset", grant.user.id)
        assert details == {"sessions": 1}

    def test_is_refused_for_ones_own_account(self, world: World, boss: Principal) -> None:
        assert boss.user is not None
        with pytest.raises(Conflict, match="old one"):
            world.do.reset_password(boss, boss.user, NEW)

    def test_changes_nothing_while_the_hasher_is_overloaded(self, world: World) -> None:
        (alice,) = world.people("alice")
        world.hasher.full = True
        with pytest.raises(Overloaded):
            world.do.reset_password(OPERATOR, alice, NEW)

        assert written(world) == []


class TestSessions:
    def test_are_listed_and_ended(self, world: World, boss: Principal) -> None:
        grant = world.register("alice")
        assert [grant.device] == [
            device.id for device in world.do.list_sessions(boss, grant.user.id)
        ]
        ended = world.do.log_out_everywhere(boss, grant.user.id)

        assert ended.devices == (grant.device,)
        assert world.do.list_sessions(boss, grant.user.id) == []
        assert log_in(world, "alice")
        assert written(world)[-1] == (
            "boss", "user.logged_out", grant.user.id, {"sessions": 1},
        )  # fmt: skip
