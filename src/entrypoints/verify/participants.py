"""The accounts of a run, and the conversations in which they chat."""

from collections.abc import Sequence
from secrets import token_hex, token_urlsafe

from parlour.entrypoints.client.errors import Refused
from parlour.entrypoints.verify.account import Account, retry
from parlour.entrypoints.verify.canary import new_canary
from parlour.entrypoints.verify.recorder import Actor, Recorder

REGISTER_TIMEOUT = 300.0
"""Seconds in which an account must be created, however low the limit of the deployment is."""


class Participants:
    """The accounts of a run: members of a group, a guest who joins and leaves, and a stranger.

    `members` are those of each conversation from its beginning; `canaries` are the words by which
    the bytes of each conversation are recognised.
    """

    def __init__(self, accounts: Sequence[Account], recorder: Recorder) -> None:
        self._recorder = recorder
        self.accounts = list(accounts)
        self.members: dict[str, list[Account]] = {}
        self.canaries: dict[str, str] = {}
        self.group = ""

    @property
    def owner(self) -> Account:
        """Who created the group."""
        return self.accounts[0]

    @property
    def guest(self) -> Account | None:
        """Who joins and leaves the group."""
        return self.accounts[2] if len(self.accounts) > 2 else None

    @property
    def stranger(self) -> Account | None:
        """Who is never a member of the group."""
        return self.accounts[3] if len(self.accounts) > 3 else None

    def account_of(self, user: str) -> Account:
        """Return the account with an id."""
        return next(each for each in self.accounts if each.id == user)

    def is_member(self, user: str, conversation: str) -> bool:
        """Return whether a user is a member from the beginning to the end."""
        return any(each.id == user for each in self.members[conversation])

    def is_member_at_end(self, user: str, conversation: str) -> bool:
        """Return whether a user is a member at the end, if not all the time."""
        is_guest = self.guest is not None and self.guest.id == user
        return self.is_member(user, conversation) or (conversation == self.group and is_guest)

    async def open_group(self) -> None:
        """Create the group of all but the guest and the stranger."""
        outside = {self.guest, self.stranger}
        invited = [each for each in self.accounts[1:] if each not in outside]
        canary = new_canary()
        body = {
            "kind": "group",
            "title": f"Verify {canary}",
            "members": [each.id for each in invited],
        }
        made = await self.owner.ask("POST", "/v1/conversations", body)
        self.group = made["conversation"]
        self._record(self.group, [self.owner, *invited], canary)

    async def open_pairs(self) -> None:
        """Open direct conversations, two by two."""
        for one, other in zip(self.accounts[::2], self.accounts[1::2], strict=False):
            body = {"kind": "direct", "user": other.id}
            made = await one.ask("POST", "/v1/conversations", body)
            self._record(made["conversation"], [one, other], new_canary())

    def _record(self, conversation: str, members: list[Account], canary: str) -> None:
        self.members[conversation] = members
        self.canaries[conversation] = canary
        actor = Actor(self.owner.handle, self.owner.id)
        self._recorder.note(actor, "canary", {"conversation": conversation}, {"canary": canary})
        for member in members:
            what = {"conversation": conversation, "member": member.id}
            self._recorder.begin(actor, "join", what).ok(actor, offset=0)


async def gather_participants(
    urls: Sequence[str], logins: Sequence[tuple[str, str]], users: int, recorder: Recorder
) -> Participants:
    """Log in with *logins* or, where there are none, register *users*; open the conversations.

    Raises:
        ClientError: the service refused that, or did not answer.
    """
    if logins:
        accounts = [Account(urls, *login, recorder) for login in logins]
        for account in accounts:
            await account.token()
    else:
        run = token_hex(4)
        handles = [f"verify-{run}-{number}" for number in range(users)]
        accounts = [Account(urls, handle, token_urlsafe(24), recorder) for handle in handles]
        for account in accounts:
            await retry(account.register, seconds=REGISTER_TIMEOUT, on=(Refused,))
    participants = Participants(accounts, recorder)
    await participants.open_group()
    if not logins:
        # Direct conversations of existing accounts would show messages that are not of this run.
        await participants.open_pairs()
    return participants
