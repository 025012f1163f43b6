"""Who takes part in a run, and in which conversations they talk."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from secrets import token_hex, token_urlsafe

from parlour.entrypoints.cli.chat.problems import Refused
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.canaries import new_canary
from parlour.entrypoints.verify.journal import Actor, Journal

LONGEST = 300.0
"""Seconds in which an account must have been made, however seldom the deployment allows that."""


class Cast:
    """The accounts of a run: members of a group, somebody who comes and goes, and a stranger.

    `members` are those who belong to each conversation from its beginning; `canaries` are the
    words by which the bytes of each are known.
    """

    def __init__(self, accounts: Sequence[Account], journal: Journal) -> None:
        self._journal = journal
        self.accounts = list(accounts)
        self.members: dict[str, list[Account]] = {}
        self.canaries: dict[str, str] = {}
        self.group = ""

    @property
    def owner(self) -> Account:
        """Who made the group."""
        return self.accounts[0]

    @property
    def guest(self) -> Account | None:
        """Who comes and goes."""
        return self.accounts[2] if len(self.accounts) > 2 else None

    @property
    def stranger(self) -> Account | None:
        """Who never belongs to the group."""
        return self.accounts[3] if len(self.accounts) > 3 else None

    def account_of(self, user: str) -> Account:
        """Return the account with an id."""
        return next(each for each in self.accounts if each.id == user)

    def belongs(self, user: str, conversation: str) -> bool:
        """Tell whether a user belongs to a conversation from its beginning to its end."""
        return any(each.id == user for each in self.members[conversation])

    def follows(self, user: str, conversation: str) -> bool:
        """Tell whether a user belongs to a conversation at the end, if not all the time."""
        is_guest = self.guest is not None and self.guest.id == user
        return self.belongs(user, conversation) or (conversation == self.group and is_guest)

    async def open_group(self) -> None:
        """Make the group of everybody but the guest and the stranger."""
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
        self._begins(self.group, [self.owner, *invited], canary)

    async def open_pairs(self) -> None:
        """Open direct conversations, two by two."""
        for one, other in zip(self.accounts[::2], self.accounts[1::2], strict=False):
            body = {"kind": "direct", "user": other.id}
            made = await one.ask("POST", "/v1/conversations", body)
            self._begins(made["conversation"], [one, other], new_canary())

    def _begins(self, conversation: str, members: list[Account], canary: str) -> None:
        self.members[conversation] = members
        self.canaries[conversation] = canary
        actor = Actor(self.owner.handle, self.owner.id)
        self._journal.note(actor, "canary", {"conversation": conversation}, {"canary": canary})
        for member in members:
            what = {"conversation": conversation, "member": member.id}
            self._journal.begin(actor, "join", what).ok(actor, offset=0)


async def gather_cast(
    urls: Sequence[str], logins: Sequence[tuple[str, str]], users: int, journal: Journal
) -> Cast:
    """Log in with *logins* or, where there are none, register *users*; open what they talk in.

    Raises `ChatError` where that cannot be.
    """
    if logins:
        accounts = [Account(urls, *login, journal) for login in logins]
        for account in accounts:
            await account.token()
    else:
        run = token_hex(4)
        handles = [f"verify-{run}-{number}" for number in range(users)]
        accounts = [Account(urls, handle, token_urlsafe(24), journal) for handle in handles]
        for account in accounts:
            await _patiently(account.register)
    cast = Cast(accounts, journal)
    await cast.open_group()
    if not logins:
        # Direct conversations of people who had others before would show what is not ours.
        await cast.open_pairs()
    return cast


async def _patiently(work: Callable[[], Awaitable[None]]) -> None:
    """Do what may be refused for coming too often, within `LONGEST` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LONGEST
    while True:
        try:
            await work()
        except Refused as refusal:
            if not refusal.temporary or loop.time() > deadline:
                raise
            await asyncio.sleep(max(0.1, refusal.retry_after))
        else:
            return
