"""The members whom the messages of one batch may mention."""

from collections import defaultdict
from collections.abc import Iterable

from parlour.domain.conversations import Membership, Role
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages.mentions import find_handles, resolve_mentions
from parlour.domain.messages.model import EVERYONE, Content
from parlour.domain.messages.ports import MemberHandle, MentionQuery


class MentionLookup:
    """Collects what the messages of a batch need, and has it as the commands before left it."""

    def __init__(self) -> None:
        self._handles: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._needed_handles: defaultdict[ConversationId, set[str]] = defaultdict(set)
        self._needed_users: set[Membership] = set()
        self._members: defaultdict[ConversationId, dict[str, UserId]] = defaultdict(dict)
        self._managers: set[Membership] = set()

    def need(self, conversation: ConversationId, sender: UserId, content: Content) -> None:
        """Ask for the members that *content* may mention."""
        text = content.body["text"]
        handles = self._handles[text] = find_handles(text)
        wanted = {handle for candidates in handles for handle in candidates}
        if content.mentions_all or EVERYONE in wanted:
            # Whether all may be mentioned depends on the role of the sender.
            self._needed_users.add((conversation, sender))
        self._needed_users.update((conversation, user) for user in content.mentions)
        if wanted := wanted - {EVERYONE}:
            self._needed_handles[conversation] |= wanted

    @property
    def query(self) -> MentionQuery:
        """What is needed of the store."""
        return MentionQuery(self._needed_handles, self._needed_users)

    def add(self, members: Iterable[MemberHandle]) -> None:
        """Take members that the store found, or that a command added."""
        for member in members:
            self._members[member.conversation][member.handle] = member.user
            self.set_role(member.conversation, member.user, member.role)

    def set_role(self, conversation: ConversationId, user: UserId, role: Role) -> None:
        """Record the role of a member."""
        if role is Role.MEMBER:
            self._managers.discard((conversation, user))
        else:
            self._managers.add((conversation, user))

    def remove(self, conversation: ConversationId, user: UserId) -> None:
        """Record that a user is no member any more."""
        members = self._members[conversation]
        self._members[conversation] = {
            handle: member for handle, member in members.items() if member != user
        }
        self._managers.discard((conversation, user))

    def resolve(self, conversation: ConversationId, sender: UserId, content: Content) -> Content:
        """Return *content* with the mentions that count."""
        if not content.may_mention:
            return content
        handles = self._handles[content.body["text"]]
        return resolve_mentions(
            content,
            handles,
            self._members[conversation],
            may_mention_all=(conversation, sender) in self._managers,
        )
