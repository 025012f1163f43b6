"""Heads: the entries of a conversation list."""

from uuid import UUID

from msgspec import Struct

from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import Draft, Message
from parlour.domain.sync import Head


class LastView(Struct, omit_defaults=True, gc=False):
    """The newest message of a conversation, as a list of conversations shows it.

    `kind` and `excerpt` are empty where it was `recalled`.
    """

    seq: int
    by: UUID
    at: str
    kind: str
    excerpt: str
    recalled: bool = False


class DraftView(Struct, omit_defaults=True, gc=False):
    """A text that the user has not sent yet; `reply_to` is the seq that it answers."""

    text: str
    at: str
    reply_to: int | None = None


class HeadView(Struct, omit_defaults=True, gc=False):
    """One entry of a conversation list. `peer` is the other user of a direct conversation.

    `marked_unread` is left out unless the user marked the conversation and has not read it since.
    """

    conversation: UUID
    kind: str
    title: str
    members: int
    seq: int
    offset: int
    read: int
    received: int
    unread: int
    mentions: int
    pinned: bool
    role: str
    muted_until: str | None = None
    peer: UUID | None = None
    last: LastView | None = None
    marked_unread: bool = False
    draft: DraftView | None = None


def view_head(head: Head) -> HeadView:
    """Return the view of one entry of a conversation list."""
    member, last = head.member, head.last
    return HeadView(
        conversation=head.conversation.id,
        kind=head.conversation.kind.value,
        title=head.title,
        members=head.conversation.members,
        seq=head.conversation.seq,
        offset=head.conversation.offset,
        read=member.read_up_to,
        received=max(member.received, member.read_up_to),
        unread=head.unread,
        mentions=head.mentions,
        pinned=member.pinned,
        role=member.role.value,
        muted_until=rfc3339(member.muted_until) if member.muted_until else None,
        peer=head.peer,
        last=_view_last(last) if last else None,
        marked_unread=member.marked_unread,
        draft=_view_draft(head.draft) if head.draft else None,
    )


def _view_draft(draft: Draft) -> DraftView:
    return DraftView(draft.text, rfc3339(draft.at), draft.reply_to)


def _view_last(last: Message) -> LastView:
    content, at = last.content, rfc3339(last.at)
    if last.recalled is not None:
        return LastView(last.seq, last.sender, at, "", "", recalled=True)
    return LastView(last.seq, last.sender, at, content.kind, content.excerpt)
