"""Tokens: who they stand for, and how they are exchanged for the next."""

from datetime import timedelta

import attrs
import pytest

from parlour.domain.access import (
    Ended,
    Grant,
    Identity,
    TokenExpired,
)
from parlour.domain.kernel.errors import Unauthenticated
from parlour.domain.kernel.ids import DeviceId
from parlour.domain.users import UserRole
from parlour.entrypoints.use_cases import Policy, Stores
from tests.support.clock import SECOND
from tests.support.world import World

LIFETIMES = Policy().lifetimes


def refreshed(world: World, token: str) -> Grant:
    grant = world.do.refresh(token)
    assert isinstance(grant, Grant)
    return grant


class TestAuthenticate:
    def test_tells_who_and_on_which_device(self, world: World) -> None:
        grant = world.register("alice")

        assert world.do.authenticate(grant.access_token) == Identity(
            user=grant.user.id,
            device=grant.device,
            role=UserRole.USER,
            expires_at=grant.access_expires_at,
        )

    def test_knows_neither_forged_nor_refresh_tokens(self, world: World) -> None:
        grant = world.register("alice")

        for token in ("", "access-1000", grant.refresh_token, grant.access_token + " "):
            with pytest.raises(Unauthenticated) as refusal:
                world.do.authenticate(token)
            assert refusal.value.code == "unauthenticated"

    def test_ends_with_the_token(self, world: World) -> None:
        grant = world.register("alice")
        world.clock.now = grant.access_expires_at - timedelta(microseconds=1)
        world.do.authenticate(grant.access_token)
        world.clock.now = grant.access_expires_at

        with pytest.raises(TokenExpired):
            world.do.authenticate(grant.access_token)

    def test_does_not_know_the_disabled(self, world: World) -> None:
        grant = world.register("alice")
        disable(world, grant)

        with pytest.raises(Unauthenticated):
            world.do.authenticate(grant.access_token)

    def test_does_not_know_a_token_that_outlived_its_device(self, world: World) -> None:
        """A refresh may keep a token in the moment in which its device ends."""
        grant = world.register("alice")
        orphan(world, grant.access_token)

        with pytest.raises(Unauthenticated):
            world.do.authenticate("orphan")


class TestRefresh:
    def test_gives_the_next_pair(self, world: World) -> None:
        first = world.register("alice")
        now = world.clock.advance(LIFETIMES.access)
        second = refreshed(world, first.refresh_token)

        assert (second.user, second.device) == (first.user, first.device)
        assert second.access_expires_at == now + LIFETIMES.access
        assert second.refresh_expires_at == now + LIFETIMES.refresh
        assert len({first.refresh_token, second.refresh_token, second.access_token}) == 3
        assert world.do.authenticate(second.access_token).device == first.device
        assert world.do.list_devices(first.user.id)[0].last_seen_at == now

    def test_goes_on_for_ever(self, world: World) -> None:
        grant = world.register("alice")
        for _ in range(5):
            world.clock.advance(LIFETIMES.refresh - SECOND)
            grant = refreshed(world, grant.refresh_token)

        assert world.do.authenticate(grant.access_token).user == grant.user.id

    def test_leaves_the_former_access_token_its_time(self, world: World) -> None:
        first = world.register("alice")
        refreshed(world, first.refresh_token)

        assert world.do.authenticate(first.access_token).user == first.user.id

    def test_repeated_at_once_gives_the_same_successor(self, world: World) -> None:
        first = world.register("alice")
        second = refreshed(world, first.refresh_token)
        world.clock.advance(LIFETIMES.grace)
        again = refreshed(world, first.refresh_token)

        assert again.refresh_token == second.refresh_token
        assert again.refresh_expires_at == second.refresh_expires_at
        assert world.do.authenticate(again.access_token).user == again.user.id
        assert world.do.authenticate(second.access_token).user == second.user.id
        refreshed(world, again.refresh_token)

    def test_of_a_used_token_later_ends_the_device(self, world: World) -> None:
        first = world.register("alice")
        second = refreshed(world, first.refresh_token)
        world.clock.advance(LIFETIMES.grace + timedelta(microseconds=1))

        assert world.do.refresh(first.refresh_token) == Ended(first.user.id, (first.device,))
        for token in (first.access_token, second.access_token):
            with pytest.raises(Unauthenticated):
                world.do.authenticate(token)
        with pytest.raises(Unauthenticated):
            world.do.refresh(second.refresh_token)

    def test_of_a_token_whose_successor_was_used_ends_the_device(self, world: World) -> None:
        first = world.register("alice")
        second = refreshed(world, first.refresh_token)
        refreshed(world, second.refresh_token)

        assert world.do.refresh(first.refresh_token) == Ended(first.user.id, (first.device,))

    def test_knows_neither_forged_nor_access_tokens(self, world: World) -> None:
        grant = world.register("alice")

        for token in ("", "refresh-1000", grant.access_token):
            with pytest.raises(Unauthenticated) as refusal:
                world.do.refresh(token)
            assert refusal.value.code == "unauthenticated"

    def test_ends_with_the_token(self, world: World) -> None:
        grant = world.register("alice")
        world.clock.now = grant.refresh_expires_at

        with pytest.raises(TokenExpired):
            world.do.refresh(grant.refresh_token)

    def test_does_not_know_the_disabled(self, world: World) -> None:
        grant = world.register("alice")
        disable(world, grant)

        with pytest.raises(Unauthenticated):
            world.do.refresh(grant.refresh_token)

    def test_does_not_know_a_token_that_outlived_its_device(self, world: World) -> None:
        grant = world.register("alice")
        orphan(world, grant.refresh_token)

        with pytest.raises(Unauthenticated):
            world.do.refresh("orphan")

    def test_forgets_what_has_expired(self, world: World) -> None:
        grant = world.register("alice")
        digest = world.secrets.digest(grant.access_token)
        world.clock.advance(LIFETIMES.access + SECOND)
        refreshed(world, grant.refresh_token)

        assert world.storage.uow.read(lambda stores: stores.tokens.find(digest)) is None


def disable(world: World, grant: Grant) -> None:
    """Do what an operator would."""
    disabled = attrs.evolve(grant.user, disabled=True)
    world.storage.uow(lambda stores: stores.users.save(disabled))


def orphan(world: World, like: str) -> None:
    """Keep a token of a device that has ended."""

    def work(stores: Stores) -> None:
        token = stores.tokens.find(world.secrets.digest(like))
        assert token is not None
        ended = DeviceId(world.new_id())
        digest = world.secrets.digest("orphan")
        stores.tokens.add([attrs.evolve(token, digest=digest, device=ended)])

    world.storage.uow(work)
