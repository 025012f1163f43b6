"""The unit of work: a change is committed completely or not at all."""

from threading import Event as Signal
from threading import Thread

import pytest

from parlour.domain.kernel.errors import AlreadyExists, Conflict
from parlour.domain.kernel.ids import SendKey
from parlour.domain.kernel.transaction import Storage, UnitOfWork
from parlour.domain.users import User
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import START
from tests.support.storage_dump import dump

Uow = UnitOfWork[Stores]


class TestCommit:
    def test_returns_the_result_of_the_work(self, uow: Uow) -> None:
        assert uow(lambda stores: stores.users.find(b.ALICE)) is None
        assert uow(lambda _: 7, idempotent=True) == 7
        assert uow.read(lambda _: 8) == 8

    def test_is_seen_by_the_work_itself(self, uow: Uow) -> None:
        def work(stores: Stores) -> User | None:
            stores.users.add(b.user("alice"))
            return stores.users.find(b.ALICE)

        assert uow(work) == b.user("alice")

    def test_is_seen_by_later_transactions(self, uow: Uow) -> None:
        uow(lambda stores: stores.users.add(b.user("alice")))

        assert uow.read(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")
        assert uow(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")

    def test_is_seen_on_other_threads(self, uow: Uow) -> None:
        seen = []

        def look() -> None:
            seen.append(uow.read(lambda stores: stores.users.find(b.ALICE)))

        for _ in range(2):
            thread = Thread(target=look)
            thread.start()
            thread.join()
            if len(seen) == 1:
                uow(lambda stores: stores.users.add(b.user("alice")))

        assert [None, b.user("alice")] == seen


class TestRollback:
    @pytest.mark.parametrize("error", [Conflict("no"), AlreadyExists(), ZeroDivisionError("bug")])
    def test_raises_what_the_work_raised(self, uow: Uow, error: Exception) -> None:
        def work(stores: Stores) -> None:
            stores.users.add(b.user("alice"))
            raise error

        with pytest.raises(type(error)) as caught:
            uow(work)

        assert caught.value is error
        assert uow.read(lambda stores: stores.users.find(b.ALICE)) is None

    def test_raises_the_error_of_a_read(self, uow: Uow) -> None:
        error = Conflict("no")

        def work(_: Stores) -> None:
            raise error

        with pytest.raises(Conflict) as caught:
            uow.read(work)

        assert caught.value is error

    def test_undoes_every_kind_of_change(self, uow: Uow) -> None:
        uow(begin)
        before = everything(uow)

        def work(stores: Stores) -> None:
            change(stores)
            raise Conflict

        with pytest.raises(Conflict):
            uow(work)

        assert before == everything(uow)

    def test_does_not_affect_the_next_attempt(self, uow: Uow) -> None:
        uow(begin)

        def work(stores: Stores) -> None:
            change(stores)
            raise Conflict

        with pytest.raises(Conflict):
            uow(work)
        before = everything(uow)
        uow(change)

        assert before != everything(uow)

    def test_follows_a_duplicate_in_the_middle(self, uow: Uow) -> None:
        uow(lambda stores: stores.users.add(b.user("alice")))

        def work(stores: Stores) -> None:
            stores.users.add(b.user("bob"))
            stores.users.add(b.user("alice"))

        with pytest.raises(AlreadyExists):
            uow(work)

        assert uow.read(lambda stores: stores.users.find(b.BOB)) is None

    def test_is_never_seen_by_others(self, uow: Uow) -> None:
        looking, seen = Signal(), list[User | None]()

        def look() -> None:
            looking.set()
            seen.append(uow.read(lambda stores: stores.users.find(b.ALICE)))

        reader = Thread(target=look)

        def work(stores: Stores) -> None:
            stores.users.add(b.user("alice"))
            if not reader.ident:
                reader.start()
            assert looking.wait(10)
            raise Conflict

        with pytest.raises(Conflict):
            uow(work)
        reader.join()

        assert [None] == seen


class TestMisuse:
    def test_a_nested_unit_of_work_is_an_error(self, uow: Uow) -> None:
        for inner in (lambda _: uow(lambda _: None), lambda _: uow.read(lambda _: None)):
            with pytest.raises(RuntimeError, match="inside another"):
                uow(inner)
            with pytest.raises(RuntimeError, match="inside another"):
                uow.read(inner)

    def test_a_write_in_a_read_is_an_error_and_changes_nothing(self, uow: Uow) -> None:
        with pytest.raises(RuntimeError, match="has written"):
            uow.read(lambda stores: stores.users.add(b.user("alice")))

        assert uow.read(lambda stores: stores.users.find(b.ALICE)) is None

    def test_the_unit_of_work_can_be_used_afterwards(self, uow: Uow) -> None:
        with pytest.raises(RuntimeError):
            uow(lambda _: uow.read(lambda _: None))
        uow(lambda stores: stores.users.add(b.user("alice")))

        assert uow.read(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")


class TestStorage:
    def test_passes_its_check(self, storage: Storage[Stores]) -> None:
        storage.check()

    def test_migrating_twice_keeps_everything(self, storage: Storage[Stores]) -> None:
        storage.uow(lambda stores: stores.users.add(b.user("alice")))
        storage.migrate()

        assert storage.uow.read(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")

    def test_says_whether_it_may_run_on_the_event_loop(self, storage: Storage[Stores]) -> None:
        assert isinstance(storage.is_inline, bool)


def begin(stores: Stores) -> None:
    """Keep something of every kind."""
    for person in (b.user("alice"), b.user("bob")):
        stores.users.add(person)
        stores.private_logs.open(person.id)
    stores.credentials.put(b.credentials(b.ALICE))
    stores.devices.add(b.device())
    stores.devices.add(b.device(b.LAPTOP))
    stores.tokens.add([b.token(b"one"), b.token(b"two", b.LAPTOP)])
    stores.conversations.add(b.group(members=2, seq=1, offset=2))
    stores.members.add([b.member(b.ALICE), b.member(b.BOB)])
    stores.events.add([b.event(1)])
    stores.messages.add([b.message(1, "first", offset=2, mentions=(b.BOB,), key=KEYS[0])])
    stores.private_logs.add([b.private(1)])


def change(stores: Stores) -> None:
    """Change something of every kind in every way."""
    stores.users.add(b.user("carol"))
    stores.users.save(b.user("alice", "Alice Liddell", disabled=True))
    stores.private_logs.open(b.CAROL)
    stores.private_logs.add([b.private(2), b.private(3), b.private(1, b.CAROL)])
    stores.credentials.put(b.credentials(b.ALICE, "another"))
    stores.credentials.put(b.credentials(b.BOB, "a first one"))
    stores.tokens.save(b.token(b"one", expires_at=START.replace(year=2030)))
    stores.tokens.add([b.token(b"three", expires_at=START.replace(year=2020))])
    stores.tokens.prune(b.PHONE, START)
    stores.devices.seen(b.PHONE, START.replace(year=2030))
    stores.devices.remove([b.LAPTOP])
    stores.conversations.add(b.group(b.KITCHEN, "Kitchen"))
    stores.conversations.add(b.direct(b.ALICE, b.BOB))
    stores.conversations.save([b.group(title="Hall", members=2, seq=2, offset=4)])
    stores.members.remove(b.LOBBY, b.BOB)
    stores.members.save([b.member(b.ALICE, since=1)])
    stores.members.add([b.member(b.CAROL), b.member(b.ALICE, b.KITCHEN)])
    stores.events.add([b.event(3, seq=1), b.event(1, of=b.KITCHEN)])
    stores.messages.add([b.message(2, offset=4, by=b.BOB, everyone=True, key=KEYS[1])])


KEYS = [SendKey(b.id_of("key one")), SendKey(b.id_of("key two"))]


def everything(uow: Uow) -> object:
    return dump(
        uow,
        users=[b.ALICE, b.BOB, b.CAROL],
        conversations=[b.LOBBY, b.KITCHEN],
        digests=[b.token(each).digest for each in (b"one", b"two", b"three")],
    )
