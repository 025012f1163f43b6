"""Conversations: direct ones and groups, their members, and who may change them."""

from parlour.domain.conversations.access import lock_member, require_member
from parlour.domain.conversations.batch import Batch, LogCounters
from parlour.domain.conversations.changing import (
    Added,
    AddMembers,
    ChangeRole,
    RemoveMember,
    Rename,
)
from parlour.domain.conversations.commands import Changed, Command, Limits
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
from parlour.domain.conversations.opening import CreateGroup, FindDirect, OpenDirect, Opened
from parlour.domain.conversations.ports import ConversationStore, Membership, MemberStore, Stores
from parlour.domain.conversations.settings import UNCHANGED, ChangeSettings, ConversationSettings

__all__ = [
    "UNCHANGED",
    "AddMembers",
    "Added",
    "Batch",
    "ChangeRole",
    "ChangeSettings",
    "Changed",
    "Command",
    "Conversation",
    "ConversationKind",
    "ConversationSettings",
    "ConversationStore",
    "CreateGroup",
    "FindDirect",
    "GroupFull",
    "Limits",
    "ListMembers",
    "LogCounters",
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
    "Stores",
    "Title",
    "lock_member",
    "require_member",
]
