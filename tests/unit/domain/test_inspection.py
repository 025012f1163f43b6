"""Inspection of conversations, totals, and the audit log."""

import pytest

from parlour.domain.administration import MAX_PLACE, Action, Principal
from parlour.domain.conversations import ConversationKind
from parlour.domain.kernel.errors import Forbidden, Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import pack_cursor
from tests.support import builders as b
from tests.support.world import OPERATOR, World


class TestInspectConversation:
    def test_shows_numbers_and_members_but_no_title_and_no_message(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob, title="a secret plan")
        world.say(alice, group, "the canary sings")
        seen = world.do.inspect_conversation(OPERATOR, group)

        assert (seen.conversation.kind, seen.conversation.seq) == (ConversationKind.GROUP, 1)
        assert [user.handle.value for _, user in seen.members] == ["alice", "bob"]
        assert "secret" not in repr(seen)
        assert "canary" not in repr(seen)

    def test_is_recorded(self, world: World) -> None:
        (alice,) = world.people("alice")
        group = world.group(alice)
        world.do.inspect_conversation(OPERATOR, group)
        (entry,) = world.do.read_audit(OPERATOR).entries

        assert (entry.action, entry.target, entry.by) == ("conversation.inspected", group, None)
        assert (entry.place, entry.at) == (OPERATOR.place, world.clock())

    def test_is_for_admins_only(self, world: World) -> None:
        (alice,) = world.people("alice")
        group = world.group(alice)
        for conversation in (group, ConversationId(b.next_id())):
            with pytest.raises(Forbidden):
                world.do.inspect_conversation(Principal(alice, ""), conversation)
        assert world.do.read_audit(OPERATOR).entries == ()

    def test_of_a_missing_conversation_is_not_found_and_not_recorded(self, world: World) -> None:
        with pytest.raises(NotFound):
            world.do.inspect_conversation(OPERATOR, ConversationId(b.next_id()))
        assert world.do.read_audit(OPERATOR).entries == ()

    def test_goes_on_page_by_page(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        group = world.group(alice, bob, carol)
        first = world.do.inspect_conversation(OPERATOR, group, limit=2)
        second = world.do.inspect_conversation(OPERATOR, group, limit=2, cursor=first.next)

        found = [user.id for _, user in (*first.members, *second.members)]
        assert found == sorted([alice, bob, carol])
        assert second.next is None
        with pytest.raises(Invalid):
            world.do.inspect_conversation(OPERATOR, group, cursor=pack_cursor("x"))


class TestCountAll:
    def test_counts_everything(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        world.say(alice, world.group(alice, bob, carol), "one", "two")
        world.say(alice, world.direct(alice, bob), "three")
        world.do.set_account_disabled(OPERATOR, carol, disabled=True)
        totals = world.do.count_all(OPERATOR)

        assert (totals.users, totals.disabled, totals.admins) == (3, 1, 0)
        assert (totals.sessions, totals.memberships) == (2, 5)
        assert (totals.directs, totals.groups, totals.messages) == (1, 1, 3)


class TestReadAudit:
    def test_lists_the_last_first_page_by_page(self, world: World) -> None:
        actions = [Action.BACKED_UP, Action.RESTORED, Action.EXPORTED]
        for action in actions:
            world.do.record_audit(OPERATOR, action, rows=3)
        first = world.do.read_audit(OPERATOR, limit=2)
        second = world.do.read_audit(OPERATOR, limit=2, cursor=first.next)

        assert [each.action for each in (*first.entries, *second.entries)] == actions[::-1]
        assert {"rows": 3} == first.entries[0].details
        assert second.next is None
        assert world.storage.uow.read(lambda stores: stores.audit.last("x")) is None

    @pytest.mark.parametrize("bad", [{"limit": 0}, {"limit": 101}, {"cursor": "x"}])
    def test_refuses_invalid_pages(self, world: World, bad: dict[str, object]) -> None:
        with pytest.raises(Invalid):
            world.do.read_audit(OPERATOR, **bad)  # type: ignore[arg-type] # that is the point


class TestCheckAdmin:
    def test_accepts_the_operator_and_admins_only(self, world: World) -> None:
        (alice,) = world.people("alice")
        world.do.check_admin(OPERATOR)

        with pytest.raises(Forbidden):
            world.do.check_admin(Principal(alice, ""))


class TestRecordAudit:
    def test_is_for_admins_alone(self, world: World) -> None:
        (alice,) = world.people("alice")
        with pytest.raises(Forbidden):
            world.do.record_audit(Principal(alice, ""), Action.BACKED_UP)
        assert world.do.read_audit(OPERATOR).entries == ()


def test_a_long_place_is_truncated() -> None:
    assert Principal(UserId(b.next_id()), "x" * 500).place == "x" * MAX_PLACE
