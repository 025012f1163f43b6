"""Authentication by access token, and refreshing."""

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
from tests.support.fakes import SECOND
from tests.support.world import World

LIFETIMES = Policy().lifetimes


def refreshed(world: World, token: str) -> Grant:
    grant = world.do.refresh(token)
    assert isinstance(grant, Grant)
    return grant


class TestAuthenticate:
    def test_returns_user_and_device(self, world: World) -> None:
        grant = world.register("alice")

        assert world.do.authenticate(grant.access_token) == Identity(
            user=grant.user.id,
            device=grant.device,
            role=UserRole.USER,
            expires_at=grant.access_expires_at,
        )

    def test_refuses_forged_tokens_and_refresh_tokens(self, world: World) -> None:
        grant = world.register("alice")

        for token in ("", "access-1000", grant.refresh_token, grant.access_token + " "):
            with pytest.raises(Unauthenticated) as refusal:
                world.do.authenticate(token)
            assert refusal.value.code == "unauthenticated"

    def test_refuses_an_expired_token(self, world: World) -> None:
        grant = world.register("alice")
        world.clock.now = grant.access_expires_at - timedelta(microseconds=1)
        world.do.authenticate(grant.access_token)
        world.clock.now = grant.access_expires_at

        with pytest.raises(TokenExpired):
            world.do.authenticate(grant.access_token)

    def test_refuses_tokens_of_disabled_users(self, world: World) -> None:
        grant = world.register("alice")
        disable(world, grant)

        with pytest.raises(Unauthenticated):
            world.do.authenticate(grant.access_token)

    def test_refuses_a_token_of_a_device_that_was_logged_out(self, world: World) -> None:
        """A refresh may keep a token in the moment in which its device ends."""
        grant = world.register("alice")
        orphan(world, grant.access_token)

        with pytest.raises(Unauthenticated):
            world.do.authenticate("orphan")


class TestRefresh:
    def test_returns_the_next_pair(self, world: World) -> None:
        first = world.register("alice")
        now = world.clock.advance(LIFETIMES.access)
        second = refreshed(world, first.refresh_token)

        assert (second.user, second.device) == (first.user, first.device)
        assert second.access_expires_at == now + LIFETIMES.access
        assert second.refresh_expires_at == now + LIFETIMES.refresh
        assert len({first.refresh_token, second.refresh_token, second.access_token}) == 3
        assert world.do.authenticate(second.access_token).device == first.device
        assert world.do.list_devices(first.user.id)[0].last_seen_at == now

    def test_can_be_repeated_for_ever(self, world: World) -> None:
        grant = world.register("alice")
        for _ in range(5):
            world.clock.advance(LIFETIMES.refresh - SECOND)
            grant = refreshed(world, grant.refresh_token)

        assert world.do.authenticate(grant.access_token).user == grant.user.id

    def test_the_former_access_token_stays_valid_until_it_expires(self, world: World) -> None:
        first = world.register("alice")
        refreshed(world, first.refresh_token)

        assert world.do.authenticate(first.access_token).user == first.user.id

    def test_repeated_at_once_returns_the_same_successor(self, world: World) -> None:
        first = world.register("alice")
        second = refreshed(world, first.refresh_token)
        world.clock.advance(LIFETIMES.grace)
        again = refreshed(world, first.refresh_token)

        assert again.refresh_token == second.refresh_token
        assert again.refresh_expires_at == second.refresh_expires_at
        assert world.do.authenticate(again.access_token).user == again.user.id
        assert world.do.authenticate(second.access_token).user == second.user.id
        refreshed(world, again.refresh_token)

    def test_of_a_used_token_later_logs_the_device_out(self, world: World) -> None:
        first = world.register("alice")
        second = refreshed(world, first.refresh_token)
        world.clock.advance(LIFETIMES.grace + timedelta(microseconds=1))

        assert world.do.refresh(first.refresh_token) == Ended(first.user.id, (first.device,))
        for token in (first.access_token, second.access_token):
            with pytest.raises(Unauthenticated):
                world.do.authenticate(token)
        with pytest.raises(Unauthenticated):
            world.do.refresh(second.refresh_token)

    def test_of_a_token_whose_successor_was_used_logs_the_device_out(self, world: World) -> None:
        first = world.register("alice")
        second = refreshed(world, first.refresh_token)
        refreshed(world, second.refresh_token)

        assert world.do.refresh(first.refresh_token) == Ended(first.user.id, (first.device,))

    def test_refuses_forged_tokens_and_access_tokens(self, world: World) -> None:
        grant = world.register("alice")

        for token in ("", "refresh-1000", grant.access_token):
            with pytest.raises(Unauthenticated) as refusal:
                world.do.refresh(token)
            assert refusal.value.code == "unauthenticated"

    def test_refuses_an_expired_token(self, world: World) -> None:
        grant = world.register("alice")
        world.clock.now = grant.refresh_expires_at

        with pytest.raises(TokenExpired):
            world.do.refresh(grant.refresh_token)

    def test_refuses_tokens_of_disabled_users(self, world: World) -> None:
        grant = world.register("alice")
        disable(world, grant)

        with pytest.raises(Unauthenticated):
            world.do.refresh(grant.refresh_token)

    def test_refuses_a_token_of_a_device_that_was_logged_out(self, world: World) -> None:
        grant = world.register("alice")
        orphan(world, grant.refresh_token)

        with pytest.raises(Unauthenticated):
            world.do.refresh("orphan")

    def test_deletes_expired_tokens(self, world: World) -> None:
        grant = world.register("alice")
        digest = world.secrets.digest(grant.access_token)
        world.clock.advance(LIFETIMES.access + SECOND)
        refreshed(world, grant.refresh_token)

        assert world.storage.uow.read(lambda stores: stores.tokens.find(digest)) is None


def disable(world: World, grant: Grant) -> None:
    """Change the user as an operator would."""
    disabled = attrs.evolve(grant.user, disabled=True)
    world.storage.uow(lambda stores: stores.users.save(disabled))


def orphan(world: World, like: str) -> None:
    """Store a token of a device that was logged out."""

    def work(stores: Stores) -> None:
        token = stores.tokens.find(world.secrets.digest(like))
        assert token is not None
        ended = DeviceId(world.new_id())
        digest = world.secrets.digest("orphan")
        stores.tokens.add([attrs.evolve(token, digest=digest, device=ended)])

    world.storage.uow(work)
