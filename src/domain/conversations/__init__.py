"""Conversations: direct ones and groups, who belongs to them and who may change them."""

from parlour.domain.conversations.access import lock_for, require_member
from parlour.domain.conversations.changing import (
    UNCHANGED,
    Added,
    AddMembers,
    ChangeRole,
    ChangeSettings,
    RemoveMember,
    Rename,
    Settings,
)
from parlour.domain.conversations.listing import ListMembers, MemberPage
from parlour.domain.conversations.model import (
    Conversation,
    ConversationKind,
    GroupFull,
    LogHead,
    LogPosition,
    Member,
    OwnerMustStay,
    Pair,
    Role,
    Title,
)
from parlour.domain.conversations.opening import CreateGroup, OpenDirect, Opened
from parlour.domain.conversations.ports import ConversationStore, Membership, MemberStore, Stores

__all__ = [
    "UNCHANGED",
    "AddMembers",
    "Added",
    "ChangeRole",
    "ChangeSettings",
    "Conversation",
    "ConversationKind",
    "ConversationStore",
    "CreateGroup",
    "GroupFull",
    "ListMembers",
    "LogHead",
    "LogPosition",
    "Member",
    "MemberPage",
    "MemberStore",
    "Membership",
    "OpenDirect",
    "Opened",
    "OwnerMustStay",
    "Pair",
    "RemoveMember",
    "Rename",
    "Role",
    "Settings",
    "Stores",
    "Title",
    "lock_for",
    "require_member",
]
