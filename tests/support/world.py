"""All use cases on one storage, with a manual clock and sequential ids and secrets."""

from collections.abc import Sequence
from typing import TypeVar

import attrs

from parlour.adapters import memory
from parlour.domain.access import DeviceInfo, Grant, Password, Secrets
from parlour.domain.administration import Principal
from parlour.domain.conversations import (
    Added,
    AddMembers,
    ChangeRole,
    RemoveMember,
    Rename,
    Role,
    Title,
)
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.kernel.transaction import Storage
from parlour.domain.logs import Changes, Event
from parlour.domain.messages import Content, Mark, Message, Outcome, Posted, PostMessage
from parlour.domain.presence import PresenceStore
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.use_cases import Policy, Ports, Stores, UseCases, build_use_cases
from tests.support.fakes import FastHasher, ManualClock, SequentialIds, SequentialSecrets

T = TypeVar("T")

PASSWORD = Password("correct horse battery staple")
BROWSER = DeviceInfo("Firefox", "web")
OPERATOR = Principal(None, "root@parlour")


@attrs.frozen(kw_only=True)
class World:
    """All use cases as `do`, and shortcuts for what tests need often."""

    storage: Storage[Stores]
    clock: ManualClock
    new_id: SequentialIds
    hasher: FastHasher
    secrets: Secrets
    presence: PresenceStore
    do: UseCases

    def register(self, handle: str, name: str | None = None) -> Grant:
        """Register a user, who is then logged in."""
        return self.do.register(
            handle=Handle.parse(handle),
            display_name=DisplayName.parse(name or handle.title()),
            password=PASSWORD,
            device=BROWSER,
        )

    def people(self, *handles: str) -> list[UserId]:
        """Register users; return their ids."""
        return [self.register(handle).user.id for handle in handles]

    def direct(self, one: UserId, other: UserId) -> ConversationId:
        """Open the direct conversation of two users."""
        return self.do.open_direct(one, other).conversation.id

    def group(
        self, owner: UserId, *members: UserId, admins: Sequence[UserId] = (), title: str = "Lobby"
    ) -> ConversationId:
        """Create a group."""
        made = self.do.create_group(
            owner, title=Title.parse(title), members=[*admins, *members]
        ).conversation.id
        for admin in admins:
            self.change_role(owner, made, admin, Role.ADMIN)
        return made

    def draft(
        self,
        sender: UserId,
        conversation: ConversationId,
        text: str = "hi",
        *,
        key: SendKey | None = None,
        reply_to: int | None = None,
        mentions: Sequence[str] = (),
    ) -> PostMessage:
        """Create a draft, under a new key unless one is given."""
        content = Content.parse(body={"text": text}, reply_to=reply_to, mentions=mentions)
        return PostMessage(
            conversation=conversation,
            sender=sender,
            session=None,
            key=key or SendKey(self.new_id()),
            content=content,
        )

    def post(self, *drafts: PostMessage) -> list[Outcome]:
        """Post a batch."""
        return [*self.do.execute_commands(drafts).outcomes]

    def execute(self, command: DurableCommand[T]) -> tuple[T, Changes]:
        """Commit one command; return its result and changes, or raise its refusal."""
        committed = self.do.execute_commands([command])
        (outcome,) = committed.outcomes
        if isinstance(outcome, DomainError):
            raise outcome
        events = tuple(each for each in committed.events if isinstance(each, Event))
        return outcome, Changes(events, tuple(committed.private))

    def rename(self, actor: UserId, conversation: ConversationId, title: Title) -> Changes:
        """Rename a group."""
        command = Rename(actor=actor, conversation=conversation, title=title)
        return self.execute(command)[1]

    def add_members(
        self, actor: UserId, conversation: ConversationId, users: Sequence[UserId]
    ) -> tuple[Added, Changes]:
        """Add people to a group."""
        return self.execute(AddMembers(actor=actor, conversation=conversation, users=users))

    def remove_member(self, actor: UserId, conversation: ConversationId, user: UserId) -> Changes:
        """Remove a member, or leave."""
        command = RemoveMember(actor=actor, conversation=conversation, user=user)
        return self.execute(command)[1]

    def change_role(
        self, actor: UserId, conversation: ConversationId, user: UserId, role: Role
    ) -> tuple[int, Changes]:
        """Change the role of a member; return the offset of the group."""
        command = ChangeRole(actor=actor, conversation=conversation, user=user, role=role)
        changed, changes = self.execute(command)
        return changed.offset, changes

    def say(
        self,
        sender: UserId,
        conversation: ConversationId,
        *texts: str,
        mentions: Sequence[str] = (),
    ) -> Message:
        """Post texts; return the last message, raise the first refusal."""
        drafts = [self.draft(sender, conversation, text, mentions=mentions) for text in texts]
        return [posted(outcome).message for outcome in self.post(*drafts)][-1]

    def read(self, user: UserId, conversation: ConversationId, seq: int) -> int:
        """Mark messages up to *seq* as read; raise the refusal."""
        mark = Mark(conversation=conversation, user=user, read=seq)
        (outcome,) = self.do.mark_watermarks([mark]).outcomes
        if isinstance(outcome, DomainError):
            raise outcome
        return outcome


def posted(outcome: Outcome) -> Posted:
    """Return what was posted; raise the refusal."""
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def new_world(
    storage: Storage[Stores] | None = None,
    *,
    policy: Policy | None = None,
    presence: PresenceStore | None = None,
) -> World:
    """Create a world, in memory unless a storage is given."""
    clock, new_id = ManualClock(), SequentialIds()
    hasher, secrets = FastHasher(), SequentialSecrets()
    storage = storage or memory.open_storage()
    presence = presence or memory.MemoryPresence(clock, clock.monotonic)
    do = build_use_cases(
        Ports(
            uow=storage.uow,
            clock=clock,
            new_id=new_id,
            hasher=hasher,
            secrets=secrets,
            presence_store=presence,
            policy=policy or Policy(),
        )
    )
    return World(
        storage=storage,
        clock=clock,
        new_id=new_id,
        hasher=hasher,
        secrets=secrets,
        presence=presence,
        do=do,
    )
