"""The migration that folds search words of stored names, and removes what nobody sees of them."""

import attrs
import pytest

from parlour.adapters import sql
from parlour.adapters.sql.migrations.versions import v0006_folded_names
from parlour.adapters.sql.schema import VERSION_TABLE
from parlour.adapters.sql.tables import user_words
from parlour.domain.users import DisplayName, User
from tests.support import builders as b

# As the release before stored them.
NAMES = {
    "alice": "Alice",
    "wide": "ＢＯＢ",
    "tail": "Bób\u2800\u3164",
    "unseen": "\u3164",
    "gone": "İlkay",
}


def keep_as_before(storage: sql.SqlStorage) -> dict[str, User]:
    users = {
        handle: attrs.evolve(
            b.user(handle, disabled=handle == "gone"), display_name=DisplayName(name)
        )
        for handle, name in NAMES.items()
    }

    def work(stores: sql.SqlStores) -> None:
        for user in users.values():
            stores.users.add(user)

    storage.uow(work)
    words = [
        {"word": word.encode(), "user_id": user.id.bytes, "handle": handle}
        for handle, user in users.items()
        for word in {user.display_name.value.casefold(), handle}
        if not user.disabled
    ]
    with storage.schema.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM user_words")
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '0005'")
        connection.execute(user_words.insert(), words)
    return users


def found(storage: sql.SqlStorage, prefix: str) -> list[str]:
    users = storage.uow.read(lambda stores: stores.users.search(prefix, "", 100))
    return [user.handle.value for user in users]


class TestFoldedNames:
    @pytest.mark.parametrize("step", [1, 2, 1_000])
    def test_are_found_as_they_are_searched(
        self, storage: sql.SqlStorage, step: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(v0006_folded_names, "STEP", step)
        keep_as_before(storage)
        assert found(storage, "bob") == []
        storage.migrate()

        for prefix, handle in {
            "bob": "wide",
            "bób": "tail",
            "alice": "alice",
            "unseen": "unseen",
            "wide": "wide",
        }.items():
            assert found(storage, prefix) == [handle], prefix
        assert found(storage, "ilkay") == found(storage, "gone") == []

    def test_are_what_is_seen_of_them_or_the_handle(self, storage: sql.SqlStorage) -> None:
        before = keep_as_before(storage)
        storage.migrate()
        after = storage.uow.read(
            lambda stores: stores.users.find_many([user.id for user in before.values()])
        )

        names = {user.handle.value: user.display_name.value for user in after.values()}
        assert names == {**NAMES, "tail": "Bób", "unseen": "unseen"}
