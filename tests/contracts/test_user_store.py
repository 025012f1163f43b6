"""The user store: users by id, by handle, and by the words of their names."""

from functools import partial

import attrs
import pytest

from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.users import ChosenState, DisplayName, Handle, PresenceChoice, User, UserRole
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import START

Uow = UnitOfWork[Stores]


def keep(uow: Uow, *users: User) -> None:
    def work(stores: Stores) -> None:
        for user in users:
            stores.users.add(user)

    uow(work)


def save(user: User, stores: Stores) -> None:
    stores.users.save(user)


def search(uow: Uow, prefix: str, after: str = "", limit: int = 100) -> list[str]:
    found = uow.read(lambda stores: stores.users.search(prefix, after, limit))
    return [user.handle.value for user in found]


class TestUserStore:
    def test_returns_what_was_stored(self, uow: Uow) -> None:
        admin = b.user("alice", "Álïçé 👩‍🚀", role=UserRole.ADMIN, disabled=True)
        keep(uow, admin, b.user("bob"))

        assert uow.read(lambda stores: stores.users.find(b.ALICE)) == admin
        assert uow.read(lambda stores: stores.users.find_by_handle(Handle("alice"))) == admin

    @pytest.mark.parametrize("text", [None, "in a meeting 👩‍🚀", "…" * PresenceChoice.MAX_TEXT])
    def test_keeps_the_presence_that_a_user_chose(self, uow: Uow, text: str | None) -> None:
        keep(uow, b.user("alice"))
        for chosen in (b.user("alice", presence=PresenceChoice(s, text)) for s in ChosenState):
            uow(partial(save, chosen))

            assert uow.read(lambda stores: stores.users.find(b.ALICE)) == chosen

    def test_finds_no_unknown_user(self, uow: Uow) -> None:
        keep(uow, b.user("alice"))

        assert uow.read(lambda stores: stores.users.find(b.BOB)) is None
        assert uow.read(lambda stores: stores.users.find_by_handle(Handle("ali"))) is None

    def test_locks_a_user_and_returns_it(self, uow: Uow) -> None:
        alice = b.user("alice")
        keep(uow, alice)

        assert uow(lambda stores: stores.users.lock(b.ALICE)) == alice
        assert uow(lambda stores: stores.users.lock(b.BOB)) is None

    def test_keeps_each_handle_once(self, uow: Uow) -> None:
        keep(uow, b.user("alice"))
        other = attrs.evolve(b.user("alice"), id=UserId(b.next_id()))

        with pytest.raises(AlreadyExists):
            keep(uow, other)
        assert uow.read(lambda stores: stores.users.find(other.id)) is None

    @pytest.mark.parametrize("near", ["a.b", "a-b", "a_b", "ab", "a1b", "a.b.c", "a.b0"])
    def test_distinguishes_similar_handles(self, uow: Uow, near: str) -> None:
        handles = ["a.b", "a-b", "a_b", "ab", "a1b", "a.b.c", "a.b0"]
        keep(uow, *map(b.user, handles))
        found = uow.read(lambda stores: stores.users.find_by_handle(Handle(near)))

        assert found == b.user(near)

    def test_finds_those_of_many_that_exist(self, uow: Uow) -> None:
        keep(uow, b.user("alice"), b.user("bob"))
        found = uow.read(lambda stores: stores.users.find_many({b.ALICE, b.BOB, b.CAROL}))

        assert dict(found) == {b.ALICE: b.user("alice"), b.BOB: b.user("bob")}
        assert not uow.read(lambda stores: stores.users.find_many([]))

    def test_finds_a_thousand_at_once(self, uow: Uow) -> None:
        people = [b.user(f"user{number}") for number in range(1_000)]
        keep(uow, *people)
        ids = [user.id for user in people]

        assert len(uow.read(lambda stores: stores.users.find_many(ids))) == 1_000

    def test_saves_a_changed_user(self, uow: Uow) -> None:
        keep(uow, b.user("alice"), b.user("bob"))
        changed = b.user("alice", "The Queen", role=UserRole.ADMIN, disabled=True)
        uow(lambda stores: stores.users.save(changed))

        assert uow.read(lambda stores: stores.users.find(b.ALICE)) == changed
        assert uow.read(lambda stores: stores.users.find(b.BOB)) == b.user("bob")

    def test_saves_an_equal_user(self, uow: Uow) -> None:
        keep(uow, b.user("alice"))
        uow(lambda stores: stores.users.save(b.user("alice")))

        assert uow.read(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")

    def test_saves_another_handle_that_is_free(self, uow: Uow) -> None:
        keep(uow, b.user("alice"), b.user("bob"))
        renamed = attrs.evolve(b.user("alice"), handle=Handle("queen"))
        uow(lambda stores: stores.users.save(renamed))

        assert uow.read(lambda stores: stores.users.find_by_handle(Handle("queen"))) == renamed
        assert uow.read(lambda stores: stores.users.find_by_handle(Handle("alice"))) is None
        assert ["queen"] == search(uow, "q")
        taken = attrs.evolve(renamed, handle=Handle("bob"))
        with pytest.raises(AlreadyExists):
            uow(lambda stores: stores.users.save(taken))
        assert uow.read(lambda stores: stores.users.find(b.ALICE)) == renamed

    def test_saves_nothing_of_an_unknown_user(self, uow: Uow) -> None:
        uow(lambda stores: stores.users.save(b.user("alice")))

        assert uow.read(lambda stores: stores.users.find(b.ALICE)) is None
        assert [] == search(uow, "a")


class TestSearch:
    def test_finds_prefixes_of_the_handle_and_of_each_word(self, uow: Uow) -> None:
        keep(uow, b.user("alice", "Queen of Hearts"), b.user("bob", "Bobby"))

        for prefix in ("a", "alice", "queen", "of", "hea", "queen of h"):
            assert ["alice"] == search(uow, prefix), prefix
        for prefix in ("lice", "earts", "queens", "alicee", "of "):
            assert [] == search(uow, prefix), prefix

    def test_finds_each_user_once(self, uow: Uow) -> None:
        keep(uow, b.user("anna", "Anna Anders"))

        assert ["anna"] == search(uow, "an")

    def test_leaves_out_the_disabled(self, uow: Uow) -> None:
        keep(uow, b.user("alice"), b.user("al", disabled=True))

        assert ["alice"] == search(uow, "al")

    def test_finds_a_changed_name(self, uow: Uow) -> None:
        keep(uow, b.user("alice", "Old Name"))
        uow(lambda stores: stores.users.save(b.user("alice", "New Name")))

        assert ["alice"] == search(uow, "new")
        assert [] == search(uow, "old")
        assert ["alice"] == search(uow, "name")

    def test_orders_by_handle_in_ascii_order(self, uow: Uow) -> None:
        handles = ["a-b", "a.b", "a0", "a9", "a_b", "aa", "ab", "b"]
        keep(uow, *(b.user(handle, "Same") for handle in reversed(handles)))

        assert handles == sorted(handles) == search(uow, "same")
        assert handles[4:] == search(uow, "same", after="a9")
        assert handles[4:6] == search(uow, "same", after="a9", limit=2)
        assert handles[7:] == search(uow, "same", after="ab~")
        assert [] == search(uow, "same", after="b")

    @pytest.mark.parametrize(
        "prefix", ["%", "_", "a%", "a_", "\\", "'", '"', "*", "?", "[a-z]", "a\\", "--", "\0", ";"]
    )
    def test_takes_every_character_literally(self, uow: Uow, prefix: str) -> None:
        keep(uow, b.user("ab", "Abc"), b.user("cd", "Cde"))

        assert [] == search(uow, prefix)

    @pytest.mark.parametrize("sign", ["%", "_", "\\", "'", "*", "?", "["])
    def test_finds_wildcards_literally(self, uow: Uow, sign: str) -> None:
        keep(uow, b.user("ab", f"{sign}x"), b.user("cd", "xx"))

        assert ["ab"] == search(uow, sign)

    def test_distinguishes_accents_emoji_and_scripts(self, uow: Uow) -> None:
        names = {"plain": "Bob", "accent": "Bób", "cat": "🐈", "dog": "🐕", "greek": "Βob"}
        keep(uow, *(b.user(handle, name) for handle, name in names.items()))

        for handle, name in names.items():
            assert [handle] == search(uow, name.casefold()), name

    def test_folds_the_case_of_every_script(self, uow: Uow) -> None:
        keep(uow, b.user("one", "STRASSE"), b.user("two", "Straße"), b.user("three", "ΣΊΣΥΦΟΣ"))

        assert ["one", "two"] == search(uow, "strasse")
        assert ["three"] == search(uow, "σίσυφοσ")

    def test_folds_compatibility_forms_and_what_nobody_sees(self, uow: Uow) -> None:
        names = {"wide": "ＢＯＢ", "turk": "İlkay Işık", "joined": "کتاب\u200cها"}
        keep(uow, *(b.user(handle, name) for handle, name in names.items()))

        for handle, key in {"wide": "bob", "turk": "ilkay işik", "joined": "کتابها"}.items():
            assert [handle] == search(uow, key), key

    def test_finds_the_longest_words(self, uow: Uow) -> None:
        longest = User(
            id=b.ALICE,
            handle=Handle("alice"),
            display_name=DisplayName("ﬃ" * DisplayName.MAX_LENGTH),
            created_at=START,
        )
        keep(uow, longest)

        assert ["alice"] == search(uow, ("ﬃ" * DisplayName.MAX_LENGTH).casefold()[:64])
