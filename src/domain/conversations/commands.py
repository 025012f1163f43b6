"""Durable commands of conversations: many are decided in one transaction, in the order they came.

A command is one frozen class. `prepare` names what it needs to have loaded, `decide` checks the
rules and records what changes. A `Batch` (`batch.py`) loads all of it with one query a store, lets
the commands decide one after the other, each on what the earlier ones left behind, and writes the
result with one statement a table (the unit of work and identity map of Fowler, *Patterns of
Enterprise Application Architecture*). `ExecuteCommands` in `messages.commands` runs batches.
"""

from datetime import timedelta
from typing import ClassVar, Protocol, TypeVar

import attrs

from parlour.domain.kernel.ids import ConversationId

B_contra = TypeVar("B_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)


class Command(Protocol[B_contra, R_co]):
    """A request for a durable change, with the result that it has after the commit.

    `is_idempotent` tells whether a command that was committed already may run again: it then has
    no further effect and the same result. Only such commands are run again where the answer of the
    database to the commit was lost.
    """

    is_idempotent: ClassVar[bool]

    @property
    def conversation(self) -> ConversationId:
        """The conversation whose log grows; commands of one conversation keep their order."""
        ...

    def prepare(self, batch: B_contra, /) -> None:
        """Say what *batch* must load for `decide`, by its `need_…` methods."""
        ...

    def decide(self, batch: B_contra, /) -> R_co:
        """Check the rules, record what changes in *batch*, return the result.

        Raises the refusal, a `DomainError`, before anything is recorded.
        """
        ...


@attrs.frozen
class Changed:
    """The last offset after a command; `replayed` if the command changed nothing."""

    offset: int
    replayed: bool = False


@attrs.frozen(kw_only=True)
class Limits:
    """What the operator allows in conversations.

    `edit_window` and `recall_window` say how long senders may edit their messages and take them
    back; zero sets no limit.
    """

    group_members: int = 5_000
    edit_window: timedelta = timedelta(hours=48)
    recall_window: timedelta = timedelta(hours=48)
