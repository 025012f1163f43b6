"""The whole domain over one storage, with a held clock and counted chance."""

from collections.abc import Sequence

import attrs

from parlour.adapters import memory
from parlour.domain.access import DeviceInfo, Grant, Password, Secrets
from parlour.domain.administration import Principal
from parlour.domain.conversations import Role, Title
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.kernel.transaction import Storage
from parlour.domain.messages import Content, Draft, Mark, Message, Outcome, Posted
from parlour.domain.presence import PresenceStore
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.use_cases import Policy, Stores, UseCases, build_use_cases
from tests.support.chance import CountedIds, CountedSecrets, QuickHasher
from tests.support.clock import HeldClock

PASSWORD = Password("correct horse battery staple")
BROWSER = DeviceInfo("Firefox", "web")
OPERATOR = Principal(None, "root@parlour")


@attrs.frozen(kw_only=True)
class World:
    """Every use case as `do`, and short ways to what tests need often."""

    storage: Storage[Stores]
    clock: HeldClock
    new_id: CountedIds
    hasher: QuickHasher
    secrets: Secrets
    presence: PresenceStore
    do: UseCases

    def register(self, handle: str, name: str | None = None) -> Grant:
        """Let somebody register and log in."""
        return self.do.register(
            handle=Handle.parse(handle),
            display_name=DisplayName.parse(name or handle.title()),
            password=PASSWORD,
            device=BROWSER,
        )

    def people(self, *handles: str) -> list[UserId]:
        """Register everybody; return who they are."""
        return [self.register(handle).user.id for handle in handles]

    def direct(self, one: UserId, other: UserId) -> ConversationId:
        """Open the direct conversation of two people."""
        return self.do.open_direct(one, other).conversation.id

    def group(
        self, owner: UserId, *members: UserId, admins: Sequence[UserId] = (), title: str = "Lobby"
    ) -> ConversationId:
        """Create a group."""
        made = self.do.create_group(
            owner, title=Title.parse(title), members=[*admins, *members]
        ).conversation.id
        for admin in admins:
            self.do.change_role(owner, made, admin, Role.ADMIN)
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
    ) -> Draft:
        """Prepare a message, under a new key unless one is given."""
        content = Content.parse(body={"text": text}, reply_to=reply_to, mentions=mentions)
        return Draft(
            conversation=conversation,
            sender=sender,
            session=None,
            key=key or SendKey(self.new_id()),
            content=content,
        )

    def post(self, *drafts: Draft) -> list[Outcome]:
        """Post a batch."""
        return self.do.post_messages(drafts)

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
        """Read up to a message; raise the refusal."""
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
    """Make a world, in memory unless a storage is given."""
    clock, new_id = HeldClock(), CountedIds()
    hasher, secrets = QuickHasher(), CountedSecrets()
    storage = storage or memory.open_storage()
    presence = presence or memory.open_presence()
    do = build_use_cases(
        uow=storage.uow,
        clock=clock,
        new_id=new_id,
        hasher=hasher,
        secrets=secrets,
        presence_store=presence,
        policy=policy or Policy(),
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
