"""What is new in conversations that are not open, in one line each."""

from collections.abc import Callable

from parlour.entrypoints.cli.chat import formatting
from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.models import GROUP, ConversationHead
from parlour.entrypoints.client.unstarted import current_id


class Announcements:
    """Tells each change of a conversation once, and gives conversations their numbers.

    `listed` are those that have a number, in order.
    """

    def __init__(
        self, client: Client, note: Callable[[str], None], title: Callable[[str], str]
    ) -> None:
        self._client = client
        self._note = note
        self._title = title
        self._last_seqs: dict[str, int] = {}
        self.listed: list[str] = []

    def start(self) -> None:
        """Take the present state as known: only what comes from now on is new."""
        conversations = self._client.state.conversations.items()
        self._last_seqs = {key: known.head.seq for key, known in conversations}

    def number(self, key: str) -> int:
        """Return the number that opens a conversation, always the same; a new one the next."""
        if key not in self.listed:
            self.listed.append(key)
        return self.listed.index(key) + 1

    def follow_starts(self) -> None:
        """Put conversations in the place of the empty ones that they were before."""
        self.listed = [current_id(self._client.state, key) for key in self.listed]

    async def show(self, opened: str | None) -> None:
        """Tell what is new, except in the conversation that is *opened*."""
        for key, conversation in list(self._client.state.conversations.items()):
            head, known = conversation.head, self._last_seqs.get(key)
            if key != opened and head.seq != known:
                users = {user for user in (head.peer, head.last_by) if user}
                await self._client.people.load(users)
                self._tell(key, head, is_new=known is None)
            self._last_seqs[key] = head.seq

    def _tell(self, key: str, head: ConversationHead, *, is_new: bool) -> None:
        if is_new and head.kind == GROUP and head.role != "owner":
            self._note(f"* you are in {self._title(key)} now: /open {self.number(key)}")
        last = head.last
        if head.unread and last and last.by != self._client.state.my_id and not last.is_recalled:
            new = f"{self.number(key)} {self._title(key)} ({head.unread} new)"
            self._note(f"· {new}: {formatting.one_line(last.excerpt)}")
