"""Mentions: the service finds them in the text, among the members, whatever the client names."""

import json
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from parlour.domain.conversations import AddMembers, ChangeRole, RemoveMember, Role
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.messages import EVERYONE, MAX_CHARACTERS, MAX_MENTIONS, Content, Posted
from parlour.domain.messages.mentions import find_handles, resolve_mentions
from parlour.entrypoints.shell.lanes import DurableCommand
from tests.support import builders as b
from tests.support.programs import ROOT
from tests.support.timing import fastest
from tests.support.world import World, new_world, posted

TABLE: dict[str, Any] = json.loads((ROOT / "tests/cases/mentions.json").read_text("utf-8"))
MEMBERS = {handle: UserId(b.id_of(handle)) for handle in TABLE["members"]}
PIECES = st.sampled_from(
    [f"@{handle}" for handle in (*MEMBERS, EVERYONE, "nobody", "")]
    + [
        *" .-_/\n`:,(x",
        "```",
        "https://",
        "www.",
        "example.org",
        "a@",
        "é",
        "\u0301",
        "你",
        "1️⃣",
        "👍🏽",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map("".join)


def mentioned(text: str, *, named: Sequence[UserId] = ()) -> Content:
    content = Content(kind="text", body={"text": text}, mentions=tuple(named))
    return resolve_mentions(content, find_handles(text), MEMBERS, may_mention_all=True)


@attrs.frozen
class Room:
    """A group of the members of the table; somebody else is not in it."""

    world: World
    people: dict[str, UserId]
    group: ConversationId


@pytest.fixture(scope="module")
def room() -> Room:
    world = new_world()
    owner, _, *others = world.people("owner", "mallory", *TABLE["members"])
    people = dict(zip(TABLE["members"], others, strict=True))
    return Room(world, people, world.group(owner, *others, admins=[people["alice"]]))


class TestMentionsOfAText:
    @pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: str(case["name"]))
    def test_are_found_by_the_service(self, room: Room, case: dict[str, Any]) -> None:
        content = room.world.say(room.people["alice"], room.group, case["text"]).content
        handle_of = {user: handle for handle, user in room.people.items()}
        everyone = [EVERYONE] if content.mentions_all else []

        assert case["mentioned"] == [*map(handle_of.__getitem__, content.mentions), *everyone]

    @given(TEXTS, st.lists(st.sampled_from([*MEMBERS.values(), UserId(b.id_of("stranger"))])))
    def test_are_members_whatever_the_text_and_the_client_say(
        self, text: str, named: list[UserId]
    ) -> None:
        content = mentioned(text, named=named)

        assert set(content.mentions) <= set(MEMBERS.values())
        assert len(content.mentions) == len(set(content.mentions))
        assert content.mentions_all <= ("@all" in text.lower())

    @given(TEXTS)
    def test_are_never_in_code(self, text: str) -> None:
        text = text.replace("`", "")

        assert not mentioned(f"```\n{text}\n```").mentions
        assert not mentioned("`" + text.replace("\n", " ") + "`").mentions

    @given(TEXTS, st.sampled_from(sorted(MEMBERS)))
    def test_take_no_character_apart(self, text: str, handle: str) -> None:
        clusters = set(regex.findall(r"\X", text))
        found = {MEMBERS[handle]} & set(mentioned(text).mentions)

        assert not found or {*f"@{handle}"} <= {each.lower() for each in clusters}

    @given(TEXTS)
    def test_are_the_same_in_another_case(self, text: str) -> None:
        assert mentioned(text).mentions == mentioned(text.upper()).mentions

    def test_are_at_most_fifty(self) -> None:
        members = {f"m{number}": UserId(b.id_of(f"m{number}")) for number in range(60)}
        text = "@all " + " ".join(f"@{handle}" for handle in members)
        content = Content(kind="text", body={"text": text})
        found = resolve_mentions(content, find_handles(text), members, may_mention_all=True)

        assert len(found.mentions) + found.mentions_all == MAX_MENTIONS
        assert found.mentions == tuple(members.values())[: MAX_MENTIONS - 1]

    @pytest.mark.parametrize(
        "piece",
        ["@", "@a", "@a.", "a@b.", "`", "`a", "```", "```a````", "https://a(", "@a`https://b谢@c ",
         "www.a.b谢@", "谢\u0301@", "@a1\ufe0f", "@a_", "@\u0301", "http://a.b/)))@c ", "@ab`x`",
         "`@ab`", "www.abc @ab ", "@ab https://a.bb谢"],
    )  # fmt: skip
    def test_of_a_hostile_text_are_found_within_50_ms(self, piece: str) -> None:
        text = (piece * MAX_CHARACTERS)[:MAX_CHARACTERS]

        assert fastest(lambda: find_handles(text)) < 0.05


class TestMentionsThatAClientNames:
    @pytest.fixture
    def people(self, world: World) -> list[UserId]:
        return world.people("alice", "bob", "carol", "mallory")

    @pytest.fixture
    def group(self, world: World, people: list[UserId]) -> ConversationId:
        alice, bob, carol, _ = people
        return world.group(alice, bob, carol)

    def test_are_kept_where_the_text_does_not_have_the_handle(
        self, world: World, people: list[UserId], group: ConversationId
    ) -> None:
        alice, bob, carol, _ = people
        message = world.say(
            alice, group, "Dear Carol and @bob", mentions=[str(carol), str(bob), str(alice)]
        )

        assert message.content.mentions == (bob, carol, alice)

    @pytest.mark.parametrize(
        "text", ["video.example/@bob", "`@bob`", "ask @bobby", "@bob@example.org", "x@bob"]
    )
    def test_are_dropped_where_the_handle_is_no_mention(
        self, world: World, people: list[UserId], group: ConversationId, text: str
    ) -> None:
        alice, bob, *_ = people
        message = world.say(alice, group, text, mentions=[str(bob)])

        assert message.content.mentions == ()

    def test_are_dropped_where_they_are_not_members(
        self, world: World, people: list[UserId], group: ConversationId
    ) -> None:
        alice, bob, _, mallory = people
        nobody = str(b.id_of("nobody"))
        message = world.say(alice, group, "hi", mentions=[str(mallory), nobody, str(bob)])

        assert message.content.mentions == (bob,)

    def test_do_not_make_a_retry_another_message(
        self, world: World, people: list[UserId], group: ConversationId
    ) -> None:
        """Members may have come and gone since the first try."""
        alice, bob, carol, _ = people
        key = SendKey(world.new_id())
        first = posted(world.post(world.draft(alice, group, "@bob", key=key))[0])
        world.remove_member(alice, group, bob)
        again = world.post(world.draft(alice, group, "@bob", key=key, mentions=[str(carol)]))[0]

        assert isinstance(again, Posted)
        assert (again.replayed, again.message) == (True, first.message)


class TestMentionsOfEveryone:
    @pytest.mark.parametrize(
        ("role", "counts"), [(Role.OWNER, True), (Role.ADMIN, True), (Role.MEMBER, False)]
    )
    @pytest.mark.parametrize(("text", "named"), [("@all tea", []), ("tea", ["all"])])
    def test_count_from_owners_and_admins(
        self, world: World, role: Role, counts: bool, text: str, named: list[str]
    ) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        if role is not Role.MEMBER:
            world.change_role(alice, group, bob, role)
        content = world.say(bob, group, text, mentions=named).content

        assert (content.mentions, content.mentions_all) == ((), counts)

    def test_are_plain_text_in_a_direct_conversation(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        content = world.say(alice, world.direct(alice, bob), "@all @bob", mentions=["all"]).content

        assert (content.mentions, content.mentions_all) == ((bob,), False)

    def test_are_dropped_where_the_text_has_them_in_code(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        content = world.say(alice, world.group(alice, bob), "`@all`", mentions=["all"]).content

        assert not content.mentions_all


class TestMentionsInABatch:
    def test_follow_the_commands_before_them(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        group = world.group(alice, bob)
        text = "@all @bob @carol"
        commands: list[DurableCommand[Any]] = [
            world.draft(alice, group, text),
            AddMembers(actor=alice, conversation=group, users=[carol]),
            RemoveMember(actor=alice, conversation=group, user=bob),
            world.draft(alice, group, text),
            ChangeRole(actor=alice, conversation=group, user=carol, role=Role.OWNER),
            ChangeRole(actor=carol, conversation=group, user=alice, role=Role.MEMBER),
            world.draft(alice, group, text),
            world.draft(carol, group, text),
        ]
        outcomes = world.do.execute_commands(commands).outcomes
        contents = [each.message.content for each in outcomes if isinstance(each, Posted)]

        assert [(bob,), (carol,), (carol,), (carol,)] == [each.mentions for each in contents]
        assert [True, True, False, True] == [each.mentions_all for each in contents]

    def test_beside_a_text_without_any_are_found(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        outcomes = world.post(*(world.draft(alice, group, text) for text in ("@bob", "tea")))

        assert [(bob,), ()] == [posted(each).message.content.mentions for each in outcomes]

    def test_are_those_of_their_own_conversation(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        rooms = [world.group(alice, bob), world.group(alice, carol), world.direct(alice, bob)]
        outcomes = world.post(*(world.draft(alice, room, "@bob @carol") for room in rooms))

        assert [(bob,), (carol,), (bob,)] == [
            posted(each).message.content.mentions for each in outcomes
        ]
