"""Checks the rows of a backup as the domain would: a file may have been changed by others."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from parlour.adapters.sql import tables
from parlour.adapters.sql.archive.account_checks import AccountChecks
from parlour.adapters.sql.archive.consistency import Consistency, WrongLine
from parlour.adapters.sql.archive.files import ArchiveRefused
from parlour.adapters.sql.archive.life_checks import LifeChecks
from parlour.adapters.sql.archive.life_values import to_hidden, to_vote
from parlour.adapters.sql.rows import to_event, to_message, to_private_event
from parlour.adapters.sql.stores.access import CREDENTIALS, DEVICES, TOKENS
from parlour.adapters.sql.stores.administration import ENTRIES
from parlour.adapters.sql.stores.conversations import CONVERSATIONS
from parlour.adapters.sql.stores.drafts import DRAFTS
from parlour.adapters.sql.stores.members import MEMBERS
from parlour.adapters.sql.stores.message_life import (
    PINS,
    REACTION_TALLIES,
    REACTIONS,
    VOTE_TALLIES,
)
from parlour.adapters.sql.stores.notifications import NOTIFICATIONS
from parlour.adapters.sql.stores.push import PUSHES, SUBSCRIPTIONS
from parlour.adapters.sql.stores.revisions import REVISIONS
from parlour.adapters.sql.stores.users import USERS
from parlour.adapters.sql.values import Row, uuid
from parlour.domain.conversations import Member
from parlour.domain.messages import Message
from parlour.domain.notifications import Subscription

_DIGEST = list(tables.push_subscriptions.columns.keys()).index("digest")

_READ: Mapping[str, Callable[[Row], Any]] = {
    tables.users.name: USERS.from_row,
    tables.conversations.name: CONVERSATIONS.from_row,
    tables.members.name: MEMBERS.from_row,
    tables.conversation_events.name: to_event,
    tables.messages.name: to_message,
    tables.private_events.name: to_private_event,
}


def _subscription(row: Row) -> Subscription:
    found = SUBSCRIPTIONS.from_row(row)
    if found.digest != row[_DIGEST]:
        raise ValueError
    return found


_READ_LIFE: Mapping[str, Callable[[Row], Any]] = {
    tables.revisions.name: REVISIONS.from_row,
    tables.reaction_tallies.name: REACTION_TALLIES.from_row,
    tables.reactions.name: REACTIONS.from_row,
    tables.pins.name: PINS.from_row,
    tables.vote_tallies.name: VOTE_TALLIES.from_row,
    tables.votes.name: to_vote,
    tables.drafts.name: DRAFTS.from_row,
    tables.hidden_messages.name: to_hidden,
}

# What an export does not have.
_READ_ACCOUNTS: Mapping[str, Callable[[Row], Any]] = {
    tables.credentials.name: CREDENTIALS.from_row,
    tables.devices.name: DEVICES.from_row,
    tables.tokens.name: TOKENS.from_row,
    tables.audit.name: ENTRIES.from_row,
    tables.notifications.name: NOTIFICATIONS.from_row,
    tables.push_subscriptions.name: _subscription,
    tables.push_outbox.name: PUSHES.from_row,
}


class ContentChecks:
    """Takes rows of all tables, and reports at the end whether they belong together.

    Names that nobody can see stay as they are: they are those of the database that was backed up.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._consistency = Consistency(lambda _what: None)
        self._life = LifeChecks(self._consistency)
        self._accounts = AccountChecks(self._consistency)

    def take(self, table: Table, rows: list[Row], first: int = 0) -> None:
        """Check rows of a table, which begin at the line *first*; 0: they have no line.

        Raises:
            ArchiveRefused: the domain would not have made such a row.
        """
        for place, row in enumerate(rows):
            line = first and first + place
            try:
                self._take(table.name, row, line)
            except (ValueError, TypeError, KeyError, AttributeError, IndexError):
                raise self._refuse(f"this is no row of {table.name}", line) from None
            except WrongLine as problem:
                what = str(problem) if problem.line else f"a row of {table.name}: {problem}"
                raise self._refuse(what, problem.line) from None

    def _take(self, table: str, row: Row, line: int) -> None:
        if read := _READ.get(table):
            value = self._consistency.take(read(row), line)
            if isinstance(value, Message | Member):
                self._life.take(value, line)
        elif read := _READ_LIFE.get(table):
            self._life.take(read(row), line)
        elif read := _READ_ACCOUNTS.get(table):
            self._accounts.take(read(row), line)
        elif table == tables.private_logs.name:
            user, end = row
            self._consistency.name_private_end(line, uuid(user), end)

    def finish(self) -> None:
        """Raise `ArchiveRefused` where the rows do not belong together."""
        try:
            self._consistency.finish()
            self._life.finish()
        except WrongLine as problem:
            raise self._refuse(str(problem), problem.line) from None

    def _refuse(self, what: str, line: int) -> ArchiveRefused:
        where = f"{self._path}:{line}" if line else str(self._path)
        return ArchiveRefused(f"{where}: {what}")
