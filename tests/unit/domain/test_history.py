"""Reading the history of a conversation, page by page."""

import pytest

from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import MAX_NUMBER, PageWindow
from tests.support import builders as b
from tests.support.world import World

Room = tuple[ConversationId, UserId, UserId]


@pytest.fixture
def room(world: World) -> Room:
    """A group with messages 1 to 10; Bob came after the fourth."""
    alice, bob = world.people("alice", "bob")
    group = world.group(alice)
    world.say(alice, group, *map(str, range(1, 5)))
    world.add_members(alice, group, [bob])
    world.say(alice, group, *map(str, range(5, 11)))
    return group, alice, bob


def page(world: World, user: UserId, room: Room, limit: int = 3, **where: int) -> str:
    """Return the numbers of a page, with an ellipsis on the sides where there is more."""
    found = world.do.page_history(user, room[0], PageWindow(**where), limit)
    numbers = [str(seen.message.seq) for seen in found.messages]
    return " ".join(["…"] * found.more_before + numbers + ["…"] * found.more_after)


class TestPageHistory:
    @pytest.mark.parametrize(
        ("where", "limit", "expected"),
        [
            ({}, 3, "… 8 9 10"),
            ({}, 10, "1 2 3 4 5 6 7 8 9 10"),
            ({}, 100, "1 2 3 4 5 6 7 8 9 10"),
            ({"before": 8}, 3, "… 5 6 7 …"),
            ({"before": 4}, 3, "1 2 3 …"),
            ({"before": 3}, 3, "1 2 …"),
            ({"before": 1}, 3, "…"),
            ({"before": 0}, 3, "…"),
            ({"before": 11}, 3, "… 8 9 10"),
            ({"before": 99}, 3, "… 8 9 10"),
            ({"before": MAX_NUMBER}, 3, "… 8 9 10"),
            ({"after": 0}, 3, "1 2 3 …"),
            ({"after": 4}, 3, "… 5 6 7 …"),
            ({"after": 7}, 3, "… 8 9 10"),
            ({"after": 9}, 3, "… 10"),
            ({"after": 10}, 3, "…"),
            ({"after": 99}, 3, "…"),
            ({"after": MAX_NUMBER}, 3, "…"),
            ({"around": 5}, 3, "… 4 5 6 …"),
            ({"around": 5}, 4, "… 3 4 5 6 …"),
            ({"around": 5}, 1, "… 5 …"),
            ({"around": 1}, 3, "1 2 …"),
            ({"around": 1}, 1, "1 …"),
            ({"around": 10}, 3, "… 9 10"),
            ({"around": 0}, 3, "1 2 …"),
            ({"around": 99}, 3, "… 10"),
            ({"around": 99}, 1, "…"),
            ({"around": 5}, 100, "1 2 3 4 5 6 7 8 9 10"),
        ],
    )
    def test_returns_the_requested_page(
        self, world: World, room: Room, where: dict[str, int], limit: int, expected: str
    ) -> None:
        assert page(world, room[1], room, limit, **where) == expected

    @pytest.mark.parametrize(
        ("where", "limit", "expected"),
        [
            ({}, 10, "5 6 7 8 9 10"),
            ({"before": 6}, 3, "5 …"),
            ({"before": 5}, 3, "…"),
            ({"before": 2}, 3, "…"),
            ({"after": 0}, 3, "5 6 7 …"),
            ({"after": 4}, 3, "5 6 7 …"),
            ({"after": 5}, 3, "… 6 7 8 …"),
            ({"after": 10}, 3, "…"),
            ({"around": 2}, 4, "5 6 …"),
            ({"around": 6}, 4, "5 6 7 …"),
        ],
    )
    def test_starts_at_the_offset_where_a_member_joined(
        self, world: World, room: Room, where: dict[str, int], limit: int, expected: str
    ) -> None:
        assert page(world, room[2], room, limit, **where) == expected

    @pytest.mark.parametrize("where", [{}, {"before": 5}, {"after": 0}, {"around": 3}])
    def test_of_a_new_member_is_empty(
        self, world: World, room: Room, where: dict[str, int]
    ) -> None:
        carol = world.people("carol")[0]
        world.add_members(room[1], room[0], [carol])

        assert page(world, carol, room, **where) == ""

    def test_holds_50_messages_by_default(self, world: World, room: Room) -> None:
        world.say(room[1], room[0], *["more"] * 50)
        found = world.do.page_history(room[1], room[0], PageWindow())

        assert len(found.messages) == 50

    @pytest.mark.parametrize(
        ("where", "field"),
        [
            ({"before": -1}, "before"),
            ({"after": MAX_NUMBER + 1}, "after"),
            ({"around": -1}, "around"),
            ({"before": 1, "around": 1}, "around"),
            ({"before": 1, "after": 1}, "after"),
        ],
    )
    def test_refuses_a_position_that_is_out_of_range_or_ambiguous(
        self, world: World, room: Room, where: dict[str, int], field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            page(world, room[1], room, **where)
        assert refusal.value.field == field

    def test_refuses_a_limit_out_of_range(self, world: World, room: Room) -> None:
        with pytest.raises(Invalid, match="limit"):
            page(world, room[1], room, limit=101)

    def test_answers_not_found_to_strangers(self, world: World, room: Room) -> None:
        mallory = world.people("mallory")[0]

        for conversation in (room[0], ConversationId(b.next_id())):
            with pytest.raises(NotFound):
                world.do.page_history(mallory, conversation, PageWindow())


class TestGetMessage:
    def test_is_found_by_its_number(self, world: World, room: Room) -> None:
        assert world.do.get_message(room[2], room[0], 5).message.content.body == {"text": "5"}

    @pytest.mark.parametrize("seq", [-1, 0, 4, 11, MAX_NUMBER, MAX_NUMBER + 1, 2**70])
    def test_of_a_message_that_is_not_visible_answers_not_found(
        self, world: World, room: Room, seq: int
    ) -> None:
        with pytest.raises(NotFound):
            world.do.get_message(room[2], room[0], seq)

    def test_answers_not_found_to_strangers(self, world: World, room: Room) -> None:
        mallory = world.people("mallory")[0]

        with pytest.raises(NotFound):
            world.do.get_message(mallory, room[0], 5)
