"""Diagnostics of every storage, for start-up, health checks and operators."""

from datetime import UTC, datetime, timedelta

from parlour.domain.kernel.transaction import Storage
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b


class TestMigrate:
    def test_may_be_repeated_and_keeps_what_there_is(self, storage: Storage[Stores]) -> None:
        storage.uow(lambda stores: stores.users.add(b.user("alice")))
        storage.migrate()
        storage.migrate()

        assert storage.uow.read(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")
        storage.check()

    def test_leaves_nothing_to_be_done(self, storage: Storage[Stores]) -> None:
        storage.migrate()
        state = storage.schema_state()

        assert state is None or (state.is_current, state.is_newer) == (True, False)


class TestCheckWriting:
    def test_commits_something_and_keeps_what_there_is(self, storage: Storage[Stores]) -> None:
        storage.uow(lambda stores: stores.users.add(b.user("alice")))
        storage.uow(lambda stores: stores.service_keys.add("vapid", b"a key"))
        for _ in range(3):
            storage.check_writing()

        assert storage.uow.read(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")
        assert storage.uow.read(lambda stores: stores.service_keys.find("vapid")) == b"a key"


class TestDiagnostics:
    def test_names_the_product(self, storage: Storage[Stores]) -> None:
        assert storage.describe() != ""

    def test_says_every_risk_in_a_sentence(self, storage: Storage[Stores]) -> None:
        assert all(" " in risk for risk in storage.durability_risks())

    def test_tells_the_time_where_there_is_another_clock(self, storage: Storage[Stores]) -> None:
        told = storage.server_time()

        assert told is None or abs(told - datetime.now(UTC)) < timedelta(minutes=1)

    def test_counts_the_connections_in_use(self, storage: Storage[Stores]) -> None:
        def work(_: Stores) -> int:
            return sum(pool.used for pool in storage.pool_usage().values())

        pools = storage.pool_usage().values()
        assert storage.uow(work) == (1 if pools else 0)
        assert all(pool.size >= 1 for pool in pools)
        assert sum(pool.used for pool in storage.pool_usage().values()) == 0
