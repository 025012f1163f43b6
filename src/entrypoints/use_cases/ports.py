"""What every use case may ask for: the stores, the other ports, and the operator's rules."""

from datetime import timedelta
from typing import Protocol

import attrs

from parlour.domain import access, administration, conversations, notifications
from parlour.domain.access import PasswordHasher, Secrets
from parlour.domain.kernel import transaction
from parlour.domain.kernel.ids import IdSource
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages.kinds import BUILT_IN, Kinds
from parlour.domain.presence import PresenceStore


class Stores(notifications.Stores, administration.Stores, Protocol):
    """Everything that a backend keeps."""


Storage = transaction.Storage[Stores]
"""A backend that keeps everything."""


@attrs.frozen(kw_only=True)
class Policy:
    """What the operator decides about the rules."""

    lifetimes: access.Lifetimes = attrs.field(factory=access.Lifetimes)
    is_registration_open: bool = True
    limits: conversations.Limits = attrs.field(factory=conversations.Limits)
    presence_lease: timedelta = timedelta(seconds=45)
    is_pushing: bool = True
    push_delay: timedelta = timedelta(seconds=3)
    push_plainly: bool = False
    kinds: Kinds = BUILT_IN


@attrs.frozen(kw_only=True)
class Ports:
    """The ports of all use cases."""

    uow: UnitOfWork[Stores]
    clock: Clock
    new_id: IdSource
    hasher: PasswordHasher
    secrets: Secrets
    presence_store: PresenceStore
    policy: Policy
