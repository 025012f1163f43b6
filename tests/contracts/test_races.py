"""Concurrent transactions run one after the other, and a unique value is added once."""

from collections.abc import Callable
from functools import partial

import attrs
import pytest

from parlour.domain.conversations import Pair
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId, DeviceId, SendKey, UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import PrivateNote, UnknownPayload, write_private
from parlour.domain.users import DisplayName
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.concurrency import results_of, run_in_parallel
from tests.support.fakes import START

Uow = UnitOfWork[Stores]

TIMES = 25


def increments(uow: Uow, one: Callable[[Stores], None], other: Callable[[Stores], None]) -> None:
    """Do *one* over and over, and at the same time *other*."""

    def repeat(work: Callable[[Stores], None]) -> None:
        for _ in range(TIMES):
            uow(work)

    results_of(run_in_parallel([lambda: repeat(one), lambda: repeat(other)]))


class TestLock:
    def test_of_a_conversation_loses_no_update(self, uow: Uow) -> None:
        uow(lambda stores: stores.conversations.add(b.group()))

        def work(stores: Stores) -> None:
            group = stores.conversations.lock([b.LOBBY])[b.LOBBY]
            stores.conversations.save([attrs.evolve(group, seq=group.seq + 1)])

        increments(uow, work, work)
        found = uow.read(lambda stores: stores.conversations.find_many([b.LOBBY]))
        assert found[b.LOBBY].seq == 2 * TIMES

    def test_of_a_conversation_also_guards_its_members(self, uow: Uow) -> None:
        uow(lambda stores: stores.conversations.add(b.group()))
        uow(lambda stores: stores.members.add([b.member()]))
        key = (b.LOBBY, b.ALICE)

        def work(stores: Stores) -> None:
            stores.conversations.lock([b.LOBBY])
            # Read after the lock: what was committed before the lock was given is seen.
            member = stores.members.find([key])[key]
            stores.members.save([attrs.evolve(member, read=member.read + 1)])

        increments(uow, work, work)
        assert uow.read(lambda stores: stores.members.find([key]))[key].read == 2 * TIMES

    def test_of_a_user_loses_no_update(self, uow: Uow) -> None:
        uow(lambda stores: stores.users.add(b.user("alice", "0")))

        def work(stores: Stores) -> None:
            user = stores.users.lock(b.ALICE)
            assert user is not None
            name = DisplayName(str(int(user.display_name.value) + 1))
            stores.users.save(attrs.evolve(user, display_name=name))

        increments(uow, work, work)
        found = uow.read(lambda stores: stores.users.find(b.ALICE))
        assert found is not None
        assert found.display_name == DisplayName(str(2 * TIMES))

    def test_of_a_user_also_guards_their_devices(self, uow: Uow) -> None:
        uow(lambda stores: stores.users.add(b.user("alice")))
        held: list[int] = []

        def work(stores: Stores) -> None:
            stores.users.lock(b.ALICE)
            # Read after the lock: what was committed before the lock was given is seen.
            known = len(stores.devices.of_user(b.ALICE))
            stores.devices.add(attrs.evolve(b.device(), id=DeviceId(b.next_id())))
            held.append(known)

        increments(uow, work, work)
        assert sorted(set(held)) == list(range(2 * TIMES))

    def test_of_a_member_loses_no_update(self, uow: Uow) -> None:
        uow(lambda stores: stores.members.add([b.member()]))
        key = (b.LOBBY, b.ALICE)

        def work(stores: Stores) -> None:
            member = stores.members.lock([key])[key]
            stores.members.save([attrs.evolve(member, read=member.read + 1)])

        increments(uow, work, work)
        assert uow.read(lambda stores: stores.members.find([key]))[key].read == 2 * TIMES

    def test_of_a_private_log_keeps_offsets_dense(self, uow: Uow) -> None:
        uow(lambda stores: stores.private_logs.open(b.ALICE))
        note = PrivateNote(user=b.ALICE, payload=UnknownPayload(kind="note", data={}))

        def work(stores: Stores) -> None:
            write_private(stores.private_logs, [note], START)

        increments(uow, work, work)
        events = uow.read(lambda stores: stores.private_logs.after(b.ALICE, 0, 1_000))
        assert [event.offset for event in events] == list(range(1, 2 * TIMES + 1))

    def test_of_a_token_lets_it_be_used_once(self, uow: Uow) -> None:
        uow(lambda stores: stores.tokens.add([b.token(b"refresh")]))

        def use() -> bool:
            def work(stores: Stores) -> bool:
                token = stores.tokens.lock(b.token(b"refresh").digest)
                assert token is not None
                if token.used_at is not None:
                    return False
                stores.tokens.save(attrs.evolve(token, used_at=START, salt=bytes(16)))
                return True

            return uow(work)

        assert [True] == [used for used in results_of(run_in_parallel([use] * 4)) if used]

    def test_in_different_orders_does_not_deadlock(self, uow: Uow) -> None:
        uow(lambda stores: stores.conversations.add(b.group(b.LOBBY)))
        uow(lambda stores: stores.conversations.add(b.group(b.KITCHEN)))
        both = [b.LOBBY, b.KITCHEN]

        def work(stores: Stores, order: list[ConversationId]) -> None:
            locked = stores.conversations.lock(order)
            stores.conversations.save(
                [attrs.evolve(locked[each], seq=locked[each].seq + 1) for each in order]
            )

        increments(uow, lambda stores: work(stores, both), lambda stores: work(stores, both[::-1]))
        found = uow.read(lambda stores: stores.conversations.find_many(both))
        assert [2 * TIMES, 2 * TIMES] == [each.seq for each in found.values()]


class TestUniqueness:
    """Of many transactions that add the same, exactly one succeeds."""

    @pytest.fixture(
        params=["handle", "pair", "member", "key", "number", "digest"],
    )
    def claim(self, request: pytest.FixtureRequest) -> Callable[[Stores, int], None]:
        pair = Pair.of(b.ALICE, b.BOB)
        key = SendKey(b.id_of("key"))
        claims: dict[str, Callable[[Stores, int], None]] = {
            "handle": lambda stores, _: stores.users.add(
                attrs.evolve(b.user("alice"), id=UserId(b.next_id()))
            ),
            "pair": lambda stores, _: stores.conversations.add(b.direct(pair.low, pair.high)),
            "member": lambda stores, _: stores.members.add([b.member()]),
            "key": lambda stores, n: stores.messages.add([b.message(n + 1, key=key)]),
            "number": lambda stores, _: stores.messages.add([b.message(1)]),
            "digest": lambda stores, _: stores.tokens.add([b.token(b"same")]),
        }
        return claims[request.param]

    def test_is_kept_under_concurrency(
        self, uow: Uow, claim: Callable[[Stores, int], None]
    ) -> None:
        def attempt(number: int) -> Callable[[], bool]:
            def claimed() -> bool:
                try:
                    uow(lambda stores: claim(stores, number))
                except AlreadyExists:
                    return False
                return True

            return claimed

        granted = results_of(run_in_parallel([attempt(n) for n in range(6)]))
        assert sorted(granted) == [False] * 5 + [True]


class TestRead:
    def test_sees_each_commit_completely(self, uow: Uow) -> None:
        """What is committed together is never seen in part by one statement."""
        uow(lambda stores: stores.conversations.add(b.group(b.LOBBY)))
        uow(lambda stores: stores.conversations.add(b.group(b.KITCHEN)))
        both = [b.LOBBY, b.KITCHEN]

        def move(stores: Stores, to: int) -> None:
            stores.conversations.save([b.group(each, offset=to) for each in both])

        def write() -> bool:
            for number in range(1, TIMES):
                uow(partial(move, to=number))
            return True

        def look() -> bool:
            for _ in range(TIMES):
                found = uow.read(lambda stores: dict(stores.conversations.find_many(both)))
                if found[b.LOBBY].offset != found[b.KITCHEN].offset:
                    return False
            return True

        assert results_of(run_in_parallel([write, look, look])) == [True, True, True]
