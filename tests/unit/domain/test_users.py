"""Users: handles, display names, search, profiles."""

import attrs
import pytest

from parlour.domain.access import WrongCredentials
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import UserId
from parlour.domain.users import DisplayName, Handle
from tests.support import builders as b
from tests.support.contested import Contested
from tests.support.world import BROWSER, PASSWORD, World


class TestHandle:
    @pytest.mark.parametrize("raw", ["al", "a1", "alice", "a.b-c_d", "x" * 32, " Alice ", "007"])
    def test_is_read_in_any_case(self, raw: str) -> None:
        assert str(Handle.parse(raw)) == raw.strip().lower()

    @pytest.mark.parametrize(
        "raw",
        ["", "a", "x" * 33, ".ab", "ab.", "a..b", "a.-b", "a b", "a@b", "a\nb", "-a", "a_"],
    )
    def test_has_single_separators_between_letters(self, raw: str) -> None:
        with pytest.raises(Invalid, match="2 to 32 letters"):
            Handle.parse(raw)

    @pytest.mark.parametrize("raw", ["álice", "alicе", "Ⅷx", "\u212aelvin", "a\0b", "٣٤"])
    def test_is_ascii(self, raw: str) -> None:
        with pytest.raises(Invalid, match="2 to 32 letters") as refusal:
            Handle.parse(raw)
        assert refusal.value.field == "handle"

    @pytest.mark.parametrize("raw", ["me", "Admin", "everyone", "all", "system"])
    def test_is_not_a_reserved_word(self, raw: str) -> None:
        with pytest.raises(Invalid, match="is reserved"):
            Handle.parse(raw)


class TestDisplayName:
    def test_is_one_line_of_any_script(self) -> None:
        assert str(DisplayName.parse("  Ünï\t陽子 👩‍🚀 ")) == "Ünï 陽子 👩‍🚀"

    @pytest.mark.parametrize("raw", ["", "x" * 65, "bob\u202ecod"])
    def test_is_refused_where_it_is_malformed(self, raw: str) -> None:
        with pytest.raises(Invalid) as refusal:
            DisplayName.parse(raw)
        assert refusal.value.field == "display_name"


class TestFindPeople:
    @pytest.fixture
    def town(self, world: World) -> World:
        for handle, name in [
            ("anna", "Anna Lee"),
            ("bob", "José Ångström"),
            ("carl", "Anton Straße"),
            ("dora", "Anna  Lena"),
            ("emre", "İlkay Işık"),
            ("farid", "کتاب\u200cها"),
            ("go", "ＸＹＺ ﬁne"),
        ]:
            world.register(handle, name)
        return world

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("ann", ["anna", "dora"]),
            ("AN", ["anna", "carl", "dora"]),
            ("@bob", ["bob"]),
            (" @ bob ", ["bob"]),
            ("jose\u0301", ["bob"]),
            ("åNG", ["bob"]),
            ("STRASSE", ["carl"]),
            ("GROẞ", []),
            ("straß", ["carl"]),
            ("ilk", ["emre"]),
            ("IŞIK", ["emre"]),
            ("İLKAY I", ["emre"]),
            ("کتابها", ["farid"]),
            ("کتاب\u200cها", ["farid"]),
            ("xyz", ["go"]),
            ("FINE", ["go"]),
            ("\u200eXyz\u200b", ["go"]),
            ("anna   le", ["anna", "dora"]),
            ("anna lee", ["anna"]),
            ("nna", []),
            ("%", []),
            ("_nna", []),
        ],
    )
    def test_matches_prefixes_of_handles_and_words(
        self, town: World, query: str, expected: list[str]
    ) -> None:
        page = town.do.find_people(query)

        assert expected == [user.handle.value for user in page.users]
        assert page.next is None

    def test_returns_pages_by_handle(self, town: World) -> None:
        first = town.do.find_people("a", limit=2)
        assert ["anna", "carl"] == [user.handle.value for user in first.users]

        second = town.do.find_people("a", limit=2, cursor=first.next)
        assert ["dora"] == [user.handle.value for user in second.users]
        assert second.next is None

    @pytest.mark.parametrize("query", ["", "  ", "@", "\u200b", "a\0", "a\ud800", "x" * 65])
    def test_refuses_queries_that_match_no_name(self, town: World, query: str) -> None:
        with pytest.raises(Invalid) as refusal:
            town.do.find_people(query)
        assert refusal.value.field == "query"

    def test_refuses_invalid_pages(self, town: World) -> None:
        with pytest.raises(Invalid, match="limit"):
            town.do.find_people("a", limit=101)
        with pytest.raises(Invalid, match="cursor"):
            town.do.find_people("a", cursor="nonsense!")


class TestGetUser:
    def test_finds_by_id_or_by_handle(self, world: World) -> None:
        alice = world.register("alice").user

        assert world.do.get_user(alice.id) == world.do.get_user(Handle("alice")) == alice

    def test_of_nobody_is_not_found(self, world: World) -> None:
        for nobody in (UserId(b.next_id()), Handle("nobody-here")):
            with pytest.raises(NotFound):
                world.do.get_user(nobody)

    def test_of_many_keeps_their_order(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        found = world.do.get_users([bob, UserId(b.next_id()), alice, bob])

        assert [bob, alice] == [user.id for user in found]

    def test_of_too_many_is_refused(self, world: World) -> None:
        with pytest.raises(Invalid, match="at most 100"):
            world.do.get_users([UserId(b.next_id())] * 101)


class TestChangeProfile:
    def test_is_an_event_for_all_devices(self, world: World) -> None:
        (alice,) = world.people("alice")
        changed, changes = world.do.change_profile(alice, DisplayName("Queen"))

        assert world.do.get_user(alice) == changed
        assert changed.display_name == DisplayName("Queen")
        assert not changes.events
        assert changes.private[0].kind == "profile.changed"
        assert [(event.user, b.data(event)) for event in changes.private] == [
            (alice, {"display_name": "Queen"})
        ] * 2

    def test_is_told_to_clients_of_an_older_level_in_the_form_that_they_know(
        self, world: World
    ) -> None:
        (alice,) = world.people("alice")
        _, changes = world.do.change_profile(alice, DisplayName("Queen"))

        assert [(event.offset, event.kind) for event in changes.private] == [
            (1, "profile.changed"),
            (2, "settings.changed"),
        ]

    def test_needs_an_account(self, world: World) -> None:
        with pytest.raises(NotFound):
            world.do.change_profile(UserId(b.next_id()), DisplayName("Queen"))


class TestOpenServiceAccount:
    def test_makes_an_account_that_nobody_can_use(self, world: World) -> None:
        account = world.do.get_user(world.do.open_service_account())
        (alice,) = world.people("alice")

        assert (account.handle, account.disabled) == (Handle("parlour"), True)
        assert world.do.find_people("parlour").users == ()
        with pytest.raises(NotFound):
            world.do.open_direct(alice, account.id)
        with pytest.raises(WrongCredentials):
            world.do.log_in(handle=account.handle, password=PASSWORD, device=BROWSER)

    def test_makes_it_once(self, world: World) -> None:
        assert world.do.open_service_account() == world.do.open_service_account()

    def test_takes_the_one_that_another_node_made_at_the_same_moment(self, world: World) -> None:
        first: list[UserId] = []
        uow = Contested(world.storage.uow, lambda: first.append(world.do.open_service_account()))
        late = attrs.evolve(world.do.open_service_account, uow=uow)

        assert [late()] == first
