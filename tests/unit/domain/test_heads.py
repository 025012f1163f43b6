"""Heads: what a conversation list shows."""

import pytest

from parlour.domain.conversations import ConversationSettings
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.paging import pack_cursor
from parlour.domain.messages import Mark
from parlour.domain.sync import Head, heads
from parlour.domain.users import DisplayName
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.world import World


def texts(found: tuple[Head, ...]) -> list[str]:
    return [head.last.content.body["text"] if head.last else "" for head in found]


class TestHead:
    def test_of_a_direct_conversation_has_the_name_of_the_peer(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct, notes = world.direct(alice, bob), world.direct(alice, alice)
        world.do.change_profile(bob, DisplayName("Bobby"))

        mine, own = world.do.get_head(alice, direct), world.do.get_head(alice, notes)
        assert (mine.title, mine.peer) == ("Bobby", bob)
        assert (own.title, own.peer) == ("Alice", alice)

    def test_of_a_group_has_its_title(self, world: World) -> None:
        (alice,) = world.people("alice")
        head = world.do.get_head(alice, world.group(alice, title="Lobby"))

        assert (head.title, head.peer, head.last) == ("Lobby", None, None)
        assert (head.unread, head.mentions) == (0, 0)

    def test_counts_unread_messages_of_others(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        world.say(alice, direct, "one", "two")
        world.say(bob, direct, "three")
        last = world.say(alice, direct, "four")

        assert (
            world.do.get_head(bob, direct).unread,
            world.do.get_head(alice, direct).unread,
        ) == (
            3,
            1,
        )
        world.read(bob, direct, 3)
        head = world.do.get_head(bob, direct)
        assert (head.unread, head.last) == (1, last)

    def test_counts_mentions_of_the_viewer_and_of_everyone(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        group = world.group(alice, carol, admins=[bob])
        world.say(alice, group, "bob", mentions=[str(bob)])
        world.say(alice, group, "all", mentions=["all", str(bob)])
        world.say(bob, group, "own", mentions=["all"])

        assert [1, 2, 2] == [
            world.do.get_head(user, group).mentions for user in (alice, bob, carol)
        ]
        world.read(bob, group, 1)
        assert world.do.get_head(bob, group).mentions == 1
        world.read(bob, group, 3)
        assert (world.do.get_head(bob, group).mentions, world.do.get_head(bob, group).unread) == (
            0,
            0,
        )

    def test_counts_private_read_marks(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        world.say(alice, direct, "one", "two")
        mark = Mark(conversation=direct, user=bob, read=2, private=True)
        world.do.mark_watermarks([mark])

        assert world.do.get_head(bob, direct).unread == 0

    def test_shows_no_message_from_before_the_viewer_joined(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice)
        world.say(alice, group, "secret", mentions=["all"])
        world.add_members(alice, group, [bob])
        head = world.do.get_head(bob, group)

        assert (head.last, head.unread, head.mentions) == (None, 0, 0)

    @pytest.mark.parametrize("near", [1, 3, 1_000])
    def test_counts_exactly_however_far_the_viewer_is_behind(
        self, world: World, monkeypatch: pytest.MonkeyPatch, near: int
    ) -> None:
        monkeypatch.setattr(heads, "MAX_NEAR", near)
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        world.say(bob, group, "own")
        world.say(alice, group, "two", "three", mentions=["all"])
        world.say(alice, group, "four")
        head = world.do.get_head(bob, group)

        assert (head.unread, head.mentions) == (3, 2)

    def test_shows_the_settings_of_the_viewer(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        until = world.clock.now + SECOND
        world.do.change_settings(
            alice, direct, ConversationSettings(muted_until=until, pinned=True)
        )
        member = world.do.get_head(alice, direct).member

        assert (member.muted_until, member.pinned) == (until, True)

    def test_answers_not_found_to_strangers(self, world: World) -> None:
        alice, mallory = world.people("alice", "mallory")

        for conversation in (world.group(alice), ConversationId(b.next_id())):
            with pytest.raises(NotFound):
                world.do.get_head(mallory, conversation)


class TestListHeads:
    def test_lists_the_last_changed_first(self, world: World) -> None:
        alice, bob, mallory = world.people("alice", "bob", "mallory")
        first, second = world.direct(alice, bob), world.group(alice)
        world.group(mallory)
        for conversation, text in [(first, "one"), (second, "two"), (first, "three")]:
            world.clock.advance()
            world.say(alice, conversation, text)

        assert ["three", "two"] == texts(world.do.list_heads(alice).heads)
        assert ["three"] == texts(world.do.list_heads(bob).heads)

    def test_returns_pages(self, world: World) -> None:
        (alice,) = world.people("alice")
        for number in range(5):
            # Two at a time change at the same moment.
            world.clock.advance(SECOND * (number % 2))
            world.group(alice, title=f"Group {number}")
        seen, before = list[str](), None
        for _ in range(3):
            page = world.do.list_heads(alice, limit=2, before=before)
            seen += [head.title for head in page.heads]
            before = page.next

        assert before is None
        assert seen == [f"Group {number}" for number in (4, 3, 2, 1, 0)]

    def test_of_a_new_user_is_empty(self, world: World) -> None:
        (alice,) = world.people("alice")
        page = world.do.list_heads(alice)

        assert (page.heads, page.next) == ((), None)

    @pytest.mark.parametrize(
        "before",
        [
            "nonsense",
            pack_cursor("1"),
            pack_cursor("x", str(b.LOBBY)),
            pack_cursor("1", "lobby"),
            pack_cursor("9" * 30, str(b.LOBBY)),
        ],
    )
    def test_refuses_a_bad_page(self, world: World, before: str) -> None:
        with pytest.raises(Invalid, match="before"):
            world.do.list_heads(b.ALICE, before=before)
        with pytest.raises(Invalid, match="limit"):
            world.do.list_heads(b.ALICE, limit=101)
