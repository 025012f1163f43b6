"""Registration and log-in."""

import attrs
import pytest

from parlour.domain.access import (
    DeviceInfo,
    Grant,
    Password,
    RegistrationClosed,
    WrongCredentials,
)
from parlour.domain.kernel.errors import Invalid, Overloaded
from parlour.domain.kernel.ids import UserId
from parlour.domain.users import DisplayName, Handle, HandleTaken, User, UserRole
from parlour.entrypoints.use_cases import Policy, Stores
from tests.support.world import BROWSER, PASSWORD, World, new_world

NEW = Password("a completely new password")


class TestDeviceInfo:
    def test_is_read_from_a_client(self) -> None:
        assert DeviceInfo.parse(" My  phone ", "ios") == DeviceInfo("My phone", "ios")
        assert DeviceInfo.parse(None, "") == DeviceInfo()

    @pytest.mark.parametrize("name", ["x" * 65, "a\0b", "  "])
    def test_that_cannot_be_displayed_is_refused(self, name: str) -> None:
        with pytest.raises(Invalid, match=r"device\.name"):
            DeviceInfo.parse(name, None)


class TestRegister:
    def test_makes_an_account_and_logs_in(self, world: World) -> None:
        grant = world.register("alice", "Alice Liddell")
        (device,) = world.do.list_devices(grant.user.id)
        now, lifetimes = world.clock.now, Policy().lifetimes

        assert grant.user == User(
            id=grant.user.id,
            handle=Handle("alice"),
            display_name=DisplayName("Alice Liddell"),
            created_at=now,
        )
        assert world.do.get_user(grant.user.id) == grant.user
        assert (device.id, device.info, device.created_at) == (grant.device, BROWSER, now)
        assert grant.access_expires_at == now + lifetimes.access
        assert grant.refresh_expires_at == now + lifetimes.refresh
        assert world.do.authenticate(grant.access_token).user == grant.user.id

    def test_refuses_a_taken_handle_and_stores_nothing(self, world: World) -> None:
        world.register("alice")

        with pytest.raises(HandleTaken):
            world.register("Alice", "Another Alice")
        assert ["alice"] == [user.handle.value for user in world.do.find_people("a").users]

    def test_can_be_closed(self) -> None:
        world = new_world(policy=Policy(is_registration_open=False))

        with pytest.raises(RegistrationClosed):
            world.register("alice")

    def test_is_refused_while_the_hasher_is_overloaded(self, world: World) -> None:
        world.hasher.full = True

        with pytest.raises(Overloaded):
            world.register("alice")

    def test_never_shows_a_token_in_its_repr(self, world: World) -> None:
        assert "refresh-" not in repr(world.register("alice"))


class TestCreateUser:
    def test_works_while_registration_is_closed(self) -> None:
        world = new_world(policy=Policy(is_registration_open=False))
        admin = world.do.create_user(
            handle=Handle("root-of-all"),
            display_name=DisplayName("Root"),
            password=PASSWORD,
            role=UserRole.ADMIN,
        )

        assert world.do.get_user(admin.id).role is UserRole.ADMIN
        assert world.do.list_devices(admin.id) == []

    def test_refuses_a_taken_handle(self, world: World) -> None:
        world.register("alice")

        with pytest.raises(HandleTaken):
            world.do.create_user(
                handle=Handle("alice"), display_name=DisplayName("A"), password=PASSWORD
            )


def log_in(world: World, handle: str | None = "alice", password: Password = PASSWORD) -> Grant:
    return world.do.log_in(
        handle=Handle(handle) if handle else None, password=password, device=DeviceInfo("Phone")
    )


class TestLogIn:
    def test_adds_a_device(self, world: World) -> None:
        first = world.register("alice")
        world.clock.advance()
        second = log_in(world)

        devices = world.do.list_devices(first.user.id)
        assert [second.device, first.device] == [device.id for device in devices]
        assert world.do.authenticate(second.access_token).device == second.device

    @pytest.mark.parametrize(
        ("handle", "password"),
        [("alice", NEW), ("bob", PASSWORD), (None, PASSWORD), ("disabled", PASSWORD)],
    )
    def test_never_tells_a_wrong_handle_from_a_wrong_password(
        self, world: World, handle: str | None, password: Password
    ) -> None:
        world.register("alice")
        disable(world, world.register("disabled").user.id)

        with pytest.raises(WrongCredentials) as refusal:
            log_in(world, handle, password)
        assert refusal.value.detail is None
        assert refusal.value.code == "unauthenticated"

    def test_renews_a_hash_made_with_older_parameters(self, world: World) -> None:
        alice = world.register("alice").user
        world.hasher.parameters = "slower"
        log_in(world)
        log_in(world)

        kept = world.storage.uow.read(lambda stores: stores.credentials.find(alice.id))
        assert kept is not None
        assert kept.password_hash.startswith("slower:")
        assert kept.changed_at == world.clock.now

    def test_is_refused_where_the_password_changed_meanwhile(self, world: World) -> None:
        grant = world.register("alice")
        me = world.do.authenticate(grant.access_token)
        world.hasher.parameters = "slower"
        world.hasher.meanwhile = lambda: world.do.change_password(me, old=PASSWORD, new=NEW)

        with pytest.raises(WrongCredentials):
            log_in(world)
        assert [grant.device] == [each.id for each in world.do.list_devices(me.user)]

    def test_is_refused_where_the_user_was_disabled_meanwhile(self, world: World) -> None:
        grant = world.register("alice")
        world.hasher.parameters = "slower"
        world.hasher.meanwhile = lambda: disable(world, grant.user.id)

        with pytest.raises(WrongCredentials):
            log_in(world)


def disable(world: World, user: UserId) -> None:
    """Change the user as an operator would."""

    def work(stores: Stores) -> None:
        found = stores.users.find(user)
        assert found is not None
        stores.users.save(attrs.evolve(found, disabled=True))

    world.storage.uow(work)
