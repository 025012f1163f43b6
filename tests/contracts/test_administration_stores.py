"""The audit log and the registry of accounts."""

from uuid import UUID

import pytest

from parlour.domain.administration import AuditEntry, AuditId, Totals
from parlour.domain.conversations import Pair
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.users import UserRole
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import START

Uow = UnitOfWork[Stores]


def entry(number: int, action: str = "user.added", target: UUID | None = b.BOB) -> AuditEntry:
    return AuditEntry(
        id=AuditId(UUID(int=number)),
        at=START,
        by=b.ALICE if number % 2 else None,
        place="192.0.2.7 – é",
        action=action,
        target=target,
        details={"role": "user", "n": number, "text": "50 % 'x' \\"},
    )


class TestAuditLog:
    def test_returns_entries_the_last_first(self, uow: Uow) -> None:
        entries = [entry(1), entry(2, target=None), entry(3, "user.disabled")]
        for each in entries:
            uow(lambda stores, each=each: stores.audit.add(each))  # type: ignore[misc]

        assert uow.read(lambda stores: stores.audit.page(None, 10)) == entries[::-1]

    def test_is_read_page_by_page(self, uow: Uow) -> None:
        def work(stores: Stores) -> None:
            # Nodes write at once: what is earlier may come later.
            for number in (3, 1, 2):
                stores.audit.add(entry(number))

        uow(work)

        def pages(stores: Stores) -> list[list[AuditEntry]]:
            first = stores.audit.page(None, 2)
            return [first, stores.audit.page(first[-1].id, 2), stores.audit.page(entry(1).id, 2)]

        assert uow.read(pages) == [[entry(3), entry(2)], [entry(1)], []]

    def test_finds_the_last_entry_of_an_action(self, uow: Uow) -> None:
        def work(stores: Stores) -> None:
            for number, action in ((1, "a"), (2, "b"), (3, "a"), (4, "c")):
                stores.audit.add(entry(number, action))

        uow(work)

        assert uow.read(lambda stores: stores.audit.last("a")) == entry(3, "a")
        assert uow.read(lambda stores: stores.audit.last("d")) is None

    def test_keeps_no_entry_of_a_transaction_that_was_rolled_back(self, uow: Uow) -> None:
        def work(stores: Stores) -> None:
            stores.audit.add(entry(1))
            raise RuntimeError

        with pytest.raises(RuntimeError):
            uow(work)
        assert uow.read(lambda stores: stores.audit.page(None, 10)) == []

    def test_cannot_be_changed(self, uow: Uow) -> None:
        names = uow.read(lambda stores: {each for each in dir(stores.audit) if each[0] != "_"})

        assert names == {"add", "page", "last"}


class TestRegistry:
    @pytest.fixture
    def town(self, uow: Uow) -> Uow:
        def work(stores: Stores) -> None:
            for handle in ("bob", "al", "al.b", "al0", "alice"):
                stores.users.add(
                    b.user(
                        handle,
                        role=UserRole.ADMIN if handle == "bob" else UserRole.USER,
                        disabled=handle == "al0",
                    )
                )
            stores.devices.add(b.device())
            stores.conversations.add(b.group(seq=3))
            stores.conversations.add(b.group(b.KITCHEN, seq=4))
            direct = b.direct(b.ALICE, b.BOB)
            assert direct.pair == Pair.of(b.ALICE, b.BOB)
            stores.conversations.add(direct)
            stores.members.add([b.member(), b.member(b.BOB)])

        uow(work)
        return uow

    @pytest.mark.parametrize(
        ("prefix", "after", "found"),
        [
            ("", "", ["al", "al.b", "al0", "alice", "bob"]),
            ("al", "", ["al", "al.b", "al0", "alice"]),
            ("al", "al.b", ["al0", "alice"]),
            ("al", "zzz", []),
            ("b", "al", ["bob"]),
            ("_", "", []),
            ("%", "", []),
            ("AL", "", []),
        ],
    )
    def test_finds_accounts_by_a_prefix_of_the_handle(
        self, town: Uow, prefix: str, after: str, found: list[str]
    ) -> None:
        page = town.read(lambda stores: stores.registry.page(prefix, after, 10))

        assert [user.handle.value for user in page] == found
        assert page == town.read(
            lambda stores: [user for user in map(stores.users.find, [u.id for u in page]) if user]
        )

    def test_returns_at_most_the_limit(self, town: Uow) -> None:
        page = town.read(lambda stores: stores.registry.page("al", "", 2))

        assert [user.handle.value for user in page] == ["al", "al.b"]

    def test_counts_everything(self, town: Uow) -> None:
        assert town.read(lambda stores: stores.registry.totals()) == Totals(
            users=5, disabled=1, admins=1, sessions=1, directs=1, groups=2, memberships=2,
            messages=7,
        )  # fmt: skip

    def test_counts_zero_where_nothing_is_stored(self, uow: Uow) -> None:
        assert uow.read(lambda stores: stores.registry.totals()) == Totals(
            users=0, disabled=0, admins=0, sessions=0, directs=0, groups=0, memberships=0,
            messages=0,
        )  # fmt: skip
