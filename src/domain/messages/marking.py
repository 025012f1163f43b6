"""Watermarks: the last message that each member has received, and has read."""

from collections.abc import Collection, Mapping, Sequence

import attrs

from parlour.domain.conversations import Conversation, Member, Membership, require_member
from parlour.domain.kernel.errors import DomainError, Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import PageRequest, pack_cursor, user_of_cursor
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, PrivateNote, write_private
from parlour.domain.messages.events import ReadMoved
from parlour.domain.messages.model import MAX_NUMBER, Mark, Receipt
from parlour.domain.messages.ports import Stores

MAX_RECEIPTS = 100


@attrs.frozen
class Marked:
    """The result of a batch of marks.

    `outcomes` has one entry for each mark: the seq up to which the user has now read, or the
    error. `receipts` are the public watermarks that moved, one for each member, in the order of
    the marks.
    """

    outcomes: tuple[int | DomainError, ...]
    receipts: tuple[Receipt, ...]
    changes: Changes


@attrs.frozen
class MarkWatermarks:
    """Move many watermarks forward in one transaction.

    A watermark never moves back, and read implies received. Reading also clears the mark as
    unread, even if everything was read before. All marks of a user who is invisible are private:
    others see their watermarks move again with the first mark after that.
    """

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, marks: Sequence[Mark]) -> Marked:
        """Apply *marks* in order; several marks of one member become one write.

        Raises `RowsLocked` where another transaction holds a row for long; `locked` tells whose.
        """
        return self.uow(
            lambda stores: self._mark(stores, marks), idempotent=True, waits_for_locks=False
        )

    def locked(self, marks: Sequence[Mark]) -> set[Membership]:
        """Return the members of *marks* whose rows another transaction has locked now."""
        members = {(mark.conversation, mark.user) for mark in marks}
        users = {user for _, user in members}

        def find(stores: Stores) -> set[Membership]:
            logs = stores.private_logs.locked(users)
            return stores.members.locked(members) | {key for key in members if key[1] in logs}

        return self.uow(find, idempotent=True, waits_for_locks=False)

    def _mark(self, stores: Stores, marks: Sequence[Mark]) -> Marked:
        before = stores.members.lock({(mark.conversation, mark.user) for mark in marks})
        conversations = stores.conversations.find_many({key[0] for key in before})
        hidden = _hidden_users(stores, marks)
        now = dict(before)
        outcomes = [_decide(now, conversations, mark, hidden) for mark in marks]
        keys = dict.fromkeys((mark.conversation, mark.user) for mark in marks)
        moved = [now[key] for key in keys if key in now and now[key] != before[key]]
        if not moved:
            return Marked(tuple(outcomes), (), Changes())
        stores.members.save(moved)
        notes, receipts = [], []
        for member in moved:
            was = before[member.conversation, member.user]
            if (member.read_up_to, member.marked_unread) != (was.read_up_to, was.marked_unread):
                notes.append(_moved(member))
            if (member.read, member.received) != (was.read, was.received):
                receipts.append(
                    Receipt(
                        conversation=member.conversation,
                        user=member.user,
                        received=member.received,
                        read=member.read,
                        members=conversations[member.conversation].members,
                    )
                )
        private = write_private(stores.private_logs, notes, self.clock())
        return Marked(tuple(outcomes), tuple(receipts), Changes(private=private))


def _hidden_users(stores: Stores, marks: Sequence[Mark]) -> set[UserId]:
    """Return the users who are invisible: their receipts would show that they are connected."""
    users = stores.users.find_many({mark.user for mark in marks if not mark.private})
    return {user.id for user in users.values() if user.presence.is_hidden}


def _decide(
    now: dict[Membership, Member],
    conversations: Mapping[ConversationId, Conversation],
    mark: Mark,
    hidden: Collection[UserId],
) -> int | DomainError:
    key = (mark.conversation, mark.user)
    member = now.get(key)
    if member is None:
        return NotFound()
    head = conversations[mark.conversation].seq
    read, received = mark.read or 0, mark.received or 0
    if not (0 <= read <= head and 0 <= received <= head):
        return Invalid("is beyond the last message", field="seq")
    # A stale read receipt must not clear the mark as unread.
    looked = mark.read is not None and read >= member.read_up_to
    member = attrs.evolve(member, marked_unread=member.marked_unread and not looked)
    if mark.private or mark.user in hidden:
        changed = attrs.evolve(member, private_read=max(member.private_read, read))
    else:
        changed = attrs.evolve(
            member,
            read=max(member.read, read),
            received=max(member.received, received, read),
        )
    now[key] = changed
    return changed.read_up_to


def _moved(member: Member) -> PrivateNote:
    payload = ReadMoved(conversation=member.conversation, seq=member.read_up_to)
    return PrivateNote(user=member.user, payload=payload)


@attrs.frozen
class ReceiptPage:
    """A page of members with their watermarks; `next` is None on the last page."""

    members: tuple[Member, ...]
    next: str | None


@attrs.frozen
class ListReceipts:
    """List how far the members of a conversation have received and read it."""

    uow: UnitOfWork[Stores]

    def __call__(
        self,
        actor: UserId,
        conversation: ConversationId,
        *,
        seq: int = 0,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ReceiptPage:
        """Return the members who have received *seq*.

        A page may hold few members, or none, and still have a next page. Raises `NotFound` for
        strangers, `Invalid` for a bad cursor, limit or seq.
        """
        page = PageRequest.parse(cursor, limit, user_of_cursor, most=MAX_RECEIPTS)
        if not 0 <= seq <= MAX_NUMBER:
            raise Invalid("is not the number of a message", field="seq")

        def work(stores: Stores) -> list[Member]:
            require_member(stores.members, conversation, actor)
            return stores.members.page(conversation, page.start, page.fetch)

        members, following = page.cut(self.uow.read(work), lambda member: pack_cursor(member.user))
        return ReceiptPage(tuple(each for each in members if each.received >= seq), following)
