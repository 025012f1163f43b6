"""Logging devices out, one by one or with a new password."""

import pytest

from parlour.domain.access import Grant, Identity, Password, WrongCredentials
from parlour.domain.kernel.errors import NotFound, Unauthenticated
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.domain.users import Handle
from tests.support import builders as b
from tests.support.world import BROWSER, OPERATOR, PASSWORD, World

NEW = Password("a completely new password")


def log_in(world: World, password: Password = PASSWORD) -> Grant:
    return world.do.log_in(handle=Handle("alice"), password=password, device=BROWSER)


class TestChangePassword:
    def test_logs_out_every_other_device(self, world: World) -> None:
        first, second, third = world.register("alice"), log_in(world), log_in(world)
        me = world.do.authenticate(second.access_token)
        ended = world.do.change_password(me, old=PASSWORD, new=NEW)

        assert (ended.user, {*ended.devices}) == (me.user, {first.device, third.device})
        assert [second.device] == [device.id for device in world.do.list_devices(me.user)]
        assert world.do.authenticate(second.access_token) == me
        for gone in (first, third):
            with pytest.raises(Unauthenticated):
                world.do.authenticate(gone.access_token)

    def test_only_the_new_password_logs_in(self, world: World) -> None:
        me = world.do.authenticate(world.register("alice").access_token)
        world.do.change_password(me, old=PASSWORD, new=NEW)

        log_in(world, password=NEW)
        with pytest.raises(WrongCredentials):
            log_in(world)

    def test_needs_the_old_password(self, world: World) -> None:
        me = world.do.authenticate(world.register("alice").access_token)

        with pytest.raises(WrongCredentials):
            world.do.change_password(me, old=NEW, new=NEW)

    def test_needs_an_account(self, world: World) -> None:
        me = world.do.authenticate(world.register("alice").access_token)
        stranger = Identity(
            user=UserId(b.next_id()), device=me.device, role=me.role, expires_at=me.expires_at
        )

        with pytest.raises(WrongCredentials):
            world.do.change_password(stranger, old=PASSWORD, new=NEW)

    def test_of_two_at_the_same_time_one_wins(self, world: World) -> None:
        me = world.do.authenticate(world.register("alice").access_token)
        other = Password("the other new password")
        world.hasher.meanwhile = lambda: world.do.change_password(me, old=PASSWORD, new=other)

        with pytest.raises(WrongCredentials):
            world.do.change_password(me, old=PASSWORD, new=NEW)
        log_in(world, password=other)

    def test_is_refused_on_a_device_that_was_logged_out_meanwhile(self, world: World) -> None:
        me = world.do.authenticate(world.register("alice").access_token)
        world.hasher.meanwhile = lambda: world.do.end_device(me.user, me.device)

        with pytest.raises(Unauthenticated):
            world.do.change_password(me, old=PASSWORD, new=NEW)
        log_in(world)


class TestEndDevice:
    def test_logs_one_device_out(self, world: World) -> None:
        first, second = world.register("alice"), log_in(world)
        ended = world.do.end_device(first.user.id, first.device)

        assert (ended.user, ended.devices) == (first.user.id, (first.device,))
        assert [second.device] == [each.id for each in world.do.list_devices(first.user.id)]
        with pytest.raises(Unauthenticated):
            world.do.authenticate(first.access_token)
        with pytest.raises(Unauthenticated):
            world.do.refresh(first.refresh_token)

    def test_does_not_find_devices_of_others(self, world: World) -> None:
        alice, mallory = world.register("alice"), world.register("mallory")

        for device in (alice.device, DeviceId(b.next_id())):
            with pytest.raises(NotFound):
                world.do.end_device(mallory.user.id, device)
        assert world.do.authenticate(alice.access_token).user == alice.user.id

    def test_of_all_devices_logs_out_everywhere(self, world: World) -> None:
        first, second, bob = world.register("alice"), log_in(world), world.register("bob")
        ended = world.do.log_out_everywhere(OPERATOR, first.user.id)

        assert {*ended.devices} == {first.device, second.device}
        assert world.do.list_devices(first.user.id) == []
        assert world.do.authenticate(bob.access_token).user == bob.user.id
        assert world.do.log_out_everywhere(OPERATOR, first.user.id).devices == ()


def test_a_node_finds_which_devices_of_its_sockets_are_logged_in(world: World) -> None:
    first, second, bob = world.register("alice"), log_in(world), world.register("bob")
    world.do.end_device(first.user.id, first.device)
    devices = [first.device, second.device, bob.device, DeviceId(b.next_id())]

    assert world.do.alive_devices(devices) == {second.device, bob.device}
