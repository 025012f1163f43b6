"""The stores of credentials, devices and tokens."""

from datetime import timedelta

import attrs
import pytest

from parlour.domain.access import Bearer, Credentials, Token, TokenKind
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import DeviceId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.users import ChosenState, PresenceChoice, UserRole
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import SECOND, START

Uow = UnitOfWork[Stores]


class TestCredentialStore:
    def test_returns_what_was_stored(self, uow: Uow) -> None:
        uow(lambda stores: stores.credentials.put(b.credentials(b.ALICE, "$argon2id$v=19$é…")))
        found = uow.read(lambda stores: stores.credentials.find(b.ALICE))

        assert found == b.credentials(b.ALICE, "$argon2id$v=19$é…")
        assert uow.read(lambda stores: stores.credentials.find(b.BOB)) is None

    def test_keeps_one_set_for_each_user(self, uow: Uow) -> None:
        later = Credentials(user=b.ALICE, password_hash="new", changed_at=START + SECOND)

        def work(stores: Stores) -> None:
            stores.credentials.put(b.credentials(b.ALICE))
            stores.credentials.put(b.credentials(b.BOB))

        uow(work)
        uow(lambda stores: stores.credentials.put(later))

        assert uow.read(lambda stores: stores.credentials.find(b.ALICE)) == later
        assert uow.read(lambda stores: stores.credentials.find(b.BOB)) == b.credentials(b.BOB)


@pytest.fixture
def logged_in(uow: Uow) -> Uow:
    def work(stores: Stores) -> None:
        stores.users.add(b.user("alice"))
        stores.users.add(b.user("bob"))
        stores.devices.add(b.device())
        stores.devices.add(b.device(b.LAPTOP, created_at=START + SECOND))
        stores.tokens.add([b.token(b"phone"), b.token(b"laptop", b.LAPTOP)])

    uow(work)
    return uow


def find_token(uow: Uow, digest: bytes) -> Token | None:
    return uow.read(lambda stores: stores.tokens.find(b.token(digest).digest))


def alive(uow: Uow, devices: list[DeviceId]) -> set[DeviceId]:
    return set(uow.read(lambda stores: stores.devices.alive(devices)))


class TestDeviceStore:
    def test_returns_what_was_stored(self, logged_in: Uow) -> None:
        assert logged_in.read(lambda stores: stores.devices.find(b.PHONE)) == b.device()

    def test_lists_the_devices_of_a_user_the_newest_first(self, logged_in: Uow) -> None:
        devices = logged_in.read(lambda stores: stores.devices.of_user(b.ALICE))

        assert [b.LAPTOP, b.PHONE] == [device.id for device in devices]
        assert logged_in.read(lambda stores: stores.devices.of_user(b.BOB)) == []

    def test_stores_when_a_device_was_last_used(self, logged_in: Uow) -> None:
        later = START + timedelta(days=1, microseconds=1)
        logged_in(lambda stores: stores.devices.seen(b.PHONE, later))
        found = logged_in.read(lambda stores: stores.devices.find(b.PHONE))

        assert found == attrs.evolve(b.device(), last_seen_at=later)

    def test_ignores_a_device_that_was_logged_out(self, logged_in: Uow) -> None:
        ended = DeviceId(b.next_id())
        logged_in(lambda stores: stores.devices.seen(ended, START))
        logged_in(lambda stores: stores.devices.remove([ended]))

        assert logged_in.read(lambda stores: stores.devices.find(ended)) is None

    def test_deletes_a_device_with_its_tokens(self, logged_in: Uow) -> None:
        logged_in(lambda stores: stores.devices.remove([b.PHONE]))

        assert logged_in.read(lambda stores: stores.devices.find(b.PHONE)) is None
        assert find_token(logged_in, b"phone") is None
        assert find_token(logged_in, b"laptop") == b.token(b"laptop", b.LAPTOP)
        assert len(logged_in.read(lambda stores: stores.devices.of_user(b.ALICE))) == 1

    def test_deletes_many_devices_at_once_or_none(self, logged_in: Uow) -> None:
        logged_in(lambda stores: stores.devices.remove([]))
        logged_in(lambda stores: stores.devices.remove([b.PHONE, b.LAPTOP]))

        assert logged_in.read(lambda stores: stores.devices.of_user(b.ALICE)) == []

    def test_finds_the_devices_that_are_logged_in(self, logged_in: Uow) -> None:
        some = [b.PHONE, b.LAPTOP, DeviceId(b.next_id())]
        assert alive(logged_in, some) == {b.PHONE, b.LAPTOP}

        logged_in(lambda stores: stores.devices.remove([b.PHONE]))
        assert alive(logged_in, some) == {b.LAPTOP}

        logged_in(lambda stores: stores.users.save(b.user("alice", disabled=True)))
        assert logged_in.read(lambda stores: stores.devices.alive(some)) == {}
        assert logged_in.read(lambda stores: stores.devices.alive([])) == {}

    def test_finds_the_presence_that_the_user_of_a_device_chose(self, logged_in: Uow) -> None:
        chosen = PresenceChoice(ChosenState.BUSY, "in a meeting 👩‍🚀")
        logged_in(lambda stores: stores.users.save(b.user("alice", presence=chosen)))

        found = logged_in.read(lambda stores: stores.devices.alive([b.PHONE, b.LAPTOP]))
        assert found == {b.PHONE: chosen, b.LAPTOP: chosen}

    def test_finds_the_bearers_of_tokens_with_their_roles(self, logged_in: Uow) -> None:
        phone, laptop = b.token(b"phone"), b.token(b"laptop", b.LAPTOP)
        logged_in(lambda stores: stores.users.save(b.user("alice", role=UserRole.ADMIN)))
        asked = {phone.digest, laptop.digest, b.token(b"forged").digest}
        found = logged_in.read(lambda stores: dict(stores.devices.bearers(asked)))

        assert found == {
            phone.digest: Bearer(phone, UserRole.ADMIN),
            laptop.digest: Bearer(laptop, UserRole.ADMIN),
        }
        assert not logged_in.read(lambda stores: stores.devices.bearers([]))

    def test_finds_no_bearer_that_is_logged_out_or_disabled(self, logged_in: Uow) -> None:
        phone, laptop = b.token(b"phone"), b.token(b"laptop", b.LAPTOP)
        asked = {phone.digest, laptop.digest}
        # As a refresh may keep one in the moment in which its device ends.
        logged_in(lambda stores: stores.devices.remove([b.PHONE]))
        logged_in(lambda stores: stores.tokens.add([phone]))
        assert {laptop.digest} == set(logged_in.read(lambda stores: stores.devices.bearers(asked)))

        logged_in(lambda stores: stores.users.save(b.user("alice", disabled=True)))
        assert not logged_in.read(lambda stores: stores.devices.bearers(asked))


class TestTokenStore:
    def test_returns_what_was_stored(self, uow: Uow) -> None:
        used = Token(
            digest=bytes(range(32)),
            kind=TokenKind.ACCESS,
            device=b.PHONE,
            user=b.ALICE,
            expires_at=START + timedelta(microseconds=1),
            used_at=START - timedelta(microseconds=1),
            salt=b"\0 \xff trailing \0\0 ",
        )
        uow(lambda stores: stores.tokens.add([used, b.token(b"unused")]))

        assert uow.read(lambda stores: stores.tokens.find(used.digest)) == used
        assert uow(lambda stores: stores.tokens.lock(used.digest)) == used
        assert find_token(uow, b"unused") == b.token(b"unused")

    def test_finds_no_unknown_token(self, uow: Uow) -> None:
        assert find_token(uow, b"forged") is None
        assert uow(lambda stores: stores.tokens.lock(b.token(b"forged").digest)) is None

    def test_distinguishes_similar_digests(self, uow: Uow) -> None:
        near = [b"A", b"a", b"a ", b"a\0", b"\xe4", b"\xc3\xa4", b"\0", b" "]
        tokens = {digest: b.token(digest.rjust(32, b".")) for digest in near}
        uow(lambda stores: stores.tokens.add([*tokens.values()]))

        for digest, token in tokens.items():
            assert find_token(uow, digest.rjust(32, b".")) == token, digest

    @pytest.mark.parametrize("digests", [[b"new", b"phone"], [b"new", b"new"]])
    def test_keeps_each_digest_once(self, logged_in: Uow, digests: list[bytes]) -> None:
        tokens = [b.token(digest) for digest in digests]

        with pytest.raises(AlreadyExists):
            logged_in(lambda stores: stores.tokens.add(tokens))

        assert find_token(logged_in, b"new") is None

    def test_replaces_a_token(self, logged_in: Uow) -> None:
        used = attrs.evolve(b.token(b"phone"), used_at=START, salt=b"0123456789abcdef")
        logged_in(lambda stores: stores.tokens.save(used))

        assert find_token(logged_in, b"phone") == used
        assert find_token(logged_in, b"laptop") == b.token(b"laptop", b.LAPTOP)

    def test_does_not_replace_an_unknown_token(self, uow: Uow) -> None:
        uow(lambda stores: stores.tokens.save(b.token(b"forged")))

        assert find_token(uow, b"forged") is None

    def test_deletes_expired_tokens_of_a_device(self, uow: Uow) -> None:
        before = START - timedelta(microseconds=1)
        tokens = [
            b.token(b"old", expires_at=before),
            b.token(b"last", expires_at=START),
            b.token(b"other", b.LAPTOP, expires_at=before),
        ]
        uow(lambda stores: stores.tokens.add(tokens))
        uow(lambda stores: stores.tokens.prune(b.PHONE, START))

        assert [None, *tokens[1:]] == [
            find_token(uow, each) for each in (b"old", b"last", b"other")
        ]

    def test_deletes_nothing_where_there_is_no_token(self, uow: Uow) -> None:
        uow(lambda stores: stores.tokens.prune(b.PHONE, START))
