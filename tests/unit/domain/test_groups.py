"""Changing a group: its title and its members."""

import attrs
import pytest

from parlour.domain.conversations import GroupFull, Limits, OwnerMustStay, Title
from parlour.domain.kernel.errors import Forbidden, Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import PageWindow
from parlour.entrypoints.use_cases import Policy
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.world import World, new_world


@attrs.frozen(kw_only=True)
class Lobby:
    """A group with an owner, an admin and a plain member; Mallory stands outside."""

    world: World
    owner: UserId
    admin: UserId
    member: UserId
    mallory: UserId
    group: ConversationId

    @property
    def members(self) -> list[UserId]:
        page = self.world.do.list_members(self.owner, self.group)
        return [member.user for member, _ in page.members]


@pytest.fixture
def lobby(world: World) -> Lobby:
    owner, admin, member, mallory = world.people("alice", "bob", "carol", "mallory")
    group = world.group(owner, member, admins=[admin])
    return Lobby(
        world=world, owner=owner, admin=admin, member=member, mallory=mallory, group=group
    )


class TestRename:
    def test_writes_an_event_for_all_members(self, lobby: Lobby) -> None:
        world = lobby.world
        world.say(lobby.member, lobby.group, "hi")
        world.clock.advance()
        (event,) = world.rename(lobby.admin, lobby.group, Title("Hall")).events
        head = world.do.get_head(lobby.member, lobby.group)

        assert (event.kind, b.data(event)) == ("conversation.changed", {"title": "Hall"})
        assert (event.by, event.at, event.seq) == (lobby.admin, world.clock.now, 1)
        assert (head.title, head.conversation.offset) == ("Hall", event.offset)
        assert head.conversation.changed_at == world.clock.now

    def test_to_the_same_title_writes_no_event(self, lobby: Lobby) -> None:
        before = lobby.world.do.get_head(lobby.owner, lobby.group)
        changes = lobby.world.rename(lobby.owner, lobby.group, Title("Lobby"))

        assert not changes.events
        assert before == lobby.world.do.get_head(lobby.owner, lobby.group)

    def test_is_allowed_to_the_owner_and_admins_alone(self, lobby: Lobby) -> None:
        with pytest.raises(Forbidden):
            lobby.world.rename(lobby.member, lobby.group, Title("Hall"))

    def test_answers_not_found_to_strangers(self, lobby: Lobby) -> None:
        for group in (lobby.group, ConversationId(b.next_id())):
            with pytest.raises(NotFound) as refusal:
                lobby.world.rename(lobby.mallory, group, Title("Hall"))
            assert refusal.value.detail is None

    def test_is_forbidden_in_direct_conversations(self, lobby: Lobby) -> None:
        direct = lobby.world.direct(lobby.owner, lobby.admin)

        with pytest.raises(Forbidden):
            lobby.world.rename(lobby.owner, direct, Title("Us"))

    def test_never_moves_changed_at_backwards(self, lobby: Lobby) -> None:
        """The clocks of nodes differ; a list that goes by this time must not lose a change."""
        world = lobby.world
        last = world.do.get_head(lobby.owner, lobby.group).conversation.changed_at
        world.clock.advance(-60 * SECOND)
        world.rename(lobby.owner, lobby.group, Title("Hall"))

        assert world.do.get_head(lobby.owner, lobby.group).conversation.changed_at == last


class TestAddMembers:
    def test_shows_new_members_later_messages_only(self, lobby: Lobby) -> None:
        world, (dave,) = lobby.world, lobby.world.people("dave")
        world.say(lobby.owner, lobby.group, "before", "you came")
        added, changes = world.add_members(lobby.admin, lobby.group, [dave, lobby.mallory, dave])
        world.say(lobby.owner, lobby.group, "welcome")

        assert added.users == (dave, lobby.mallory)
        assert [(event.kind, b.data(event)) for event in changes.events] == [
            ("member.added", {"user": str(user), "role": "member"}) for user in added.users
        ]
        assert [(event.user, event.kind) for event in changes.private] == [
            (user, "conversation.joined") for user in added.users
        ]
        head = world.do.get_head(dave, lobby.group)
        assert (head.conversation.members, head.unread) == (5, 1)
        assert added.offset == head.conversation.offset - 1
        page = world.do.page_history(dave, lobby.group, PageWindow())
        assert ["welcome"] == [seen.message.content.body["text"] for seen in page.messages]

    def test_ignores_users_who_are_members_already(self, lobby: Lobby) -> None:
        before = lobby.world.do.get_head(lobby.owner, lobby.group).conversation
        added, changes = lobby.world.add_members(
            lobby.owner, lobby.group, [lobby.member, lobby.owner]
        )

        assert (added.users, added.offset) == ((), before.offset)
        assert not changes.events
        assert before == lobby.world.do.get_head(lobby.owner, lobby.group).conversation

    def test_adds_nobody_if_one_user_cannot_be_added(self, lobby: Lobby) -> None:
        dave = lobby.world.register("dave").user
        disabled = attrs.evolve(dave, disabled=True)
        lobby.world.storage.uow(lambda stores: stores.users.save(disabled))

        for stranger in (UserId(b.next_id()), dave.id):
            with pytest.raises(NotFound, match="no such user"):
                lobby.world.add_members(lobby.owner, lobby.group, [lobby.mallory, stranger])
        assert lobby.mallory not in lobby.members

    def test_is_allowed_to_the_owner_and_admins_alone(self, lobby: Lobby) -> None:
        with pytest.raises(Forbidden):
            lobby.world.add_members(lobby.member, lobby.group, [lobby.mallory])
        with pytest.raises(NotFound):
            lobby.world.add_members(lobby.mallory, lobby.group, [lobby.mallory])
        with pytest.raises(Forbidden):
            lobby.world.add_members(
                lobby.owner, lobby.world.direct(lobby.owner, lobby.admin), [lobby.mallory]
            )

    @pytest.mark.parametrize("count", [0, 101])
    def test_adds_1_to_100_users_in_a_request(self, lobby: Lobby, count: int) -> None:
        people = [UserId(b.next_id()) for _ in range(count)]

        with pytest.raises(Invalid, match="1 to 100") as refusal:
            lobby.world.add_members(lobby.owner, lobby.group, people)
        assert refusal.value.field == "users"

    def test_is_refused_when_the_group_is_full(self) -> None:
        world = new_world(policy=Policy(limits=Limits(group_members=3)))
        alice, bob, carol, dave = world.people("alice", "bob", "carol", "dave")
        group = world.group(alice, bob)

        with pytest.raises(GroupFull, match="at most 3"):
            world.add_members(alice, group, [carol, dave])
        assert world.add_members(alice, group, [carol, bob])[0].users == (carol,)


class TestRemoveMember:
    def test_writes_an_event_to_the_group_and_to_the_removed_user(self, lobby: Lobby) -> None:
        changes = lobby.world.remove_member(lobby.admin, lobby.group, lobby.member)
        (event,), (note,) = changes.events, changes.private

        assert (event.kind, event.by) == ("member.removed", lobby.admin)
        assert b.data(event) == {"user": str(lobby.member), "left": False}
        assert (note.user, note.kind) == (lobby.member, "conversation.left")
        assert b.data(note) == {"conversation": str(lobby.group), "removed": True}
        assert lobby.members == [lobby.owner, lobby.admin]
        head = lobby.world.do.get_head(lobby.owner, lobby.group)
        assert (head.conversation.members, head.conversation.offset) == (2, event.offset)

    def test_takes_all_access_from_the_removed_user(self, lobby: Lobby) -> None:
        world = lobby.world
        message = world.say(lobby.member, lobby.group, "hi")
        world.remove_member(lobby.owner, lobby.group, lobby.member)

        for action in (
            lambda: world.say(lobby.member, lobby.group, "still here"),
            lambda: world.read(lobby.member, lobby.group, 1),
            lambda: world.do.get_head(lobby.member, lobby.group),
            lambda: world.do.get_message(lobby.member, lobby.group, message.seq),
            lambda: world.do.events_after(lobby.member, lobby.group, 0),
        ):
            with pytest.raises(NotFound):
                action()
        assert not world.do.list_heads(lobby.member).heads

    def test_of_an_admin_is_allowed_to_the_owner_alone(self, lobby: Lobby) -> None:
        world, (dave,) = lobby.world, lobby.world.people("dave")
        world.add_members(lobby.owner, lobby.group, [dave])

        for actor, target in [
            (lobby.admin, lobby.owner),
            (lobby.member, dave),
            (lobby.member, lobby.admin),
        ]:
            with pytest.raises(Forbidden):
                world.remove_member(actor, lobby.group, target)
        world.remove_member(lobby.owner, lobby.group, lobby.admin)
        assert lobby.members == [lobby.owner, lobby.member, dave]

    def test_of_a_stranger_answers_not_found(self, lobby: Lobby) -> None:
        for actor, target in [(lobby.owner, lobby.mallory), (lobby.mallory, lobby.member)]:
            with pytest.raises(NotFound):
                lobby.world.remove_member(actor, lobby.group, target)

    def test_of_oneself_is_leaving_the_group(self, lobby: Lobby) -> None:
        for leaver in (lobby.member, lobby.admin):
            changes = lobby.world.remove_member(leaver, lobby.group, leaver)

            assert b.data(changes.events[0]) == {"user": str(leaver), "left": True}
            assert b.data(changes.private[0]) == {
                "conversation": str(lobby.group),
                "removed": False,
            }

    def test_lets_the_owner_leave_as_the_last_member_alone(self, lobby: Lobby) -> None:
        world, group = lobby.world, lobby.group
        with pytest.raises(OwnerMustStay):
            world.remove_member(lobby.owner, group, lobby.owner)
        for other in (lobby.admin, lobby.member):
            world.remove_member(lobby.owner, group, other)
        world.remove_member(lobby.owner, group, lobby.owner)

        assert not world.do.list_heads(lobby.owner).heads

    def test_is_forbidden_in_direct_conversations(self, lobby: Lobby) -> None:
        direct = lobby.world.direct(lobby.owner, lobby.admin)

        for user in (lobby.owner, lobby.admin):
            with pytest.raises(Forbidden):
                lobby.world.remove_member(lobby.owner, direct, user)

    def test_allows_the_user_to_be_added_again(self, lobby: Lobby) -> None:
        world = lobby.world
        world.say(lobby.member, lobby.group, "first life")
        world.remove_member(lobby.owner, lobby.group, lobby.member)
        world.add_members(lobby.owner, lobby.group, [lobby.member])

        assert world.do.get_head(lobby.member, lobby.group).last is None
        with pytest.raises(NotFound):
            world.do.get_message(lobby.member, lobby.group, 1)
