"""Every use case of the domain, connected to its ports, by name; by concept in the modules."""

from typing import Any

import attrs

from parlour.entrypoints.use_cases.administering import AdministrationUseCases, of_administration
from parlour.entrypoints.use_cases.catching_up import (
    NotificationUseCases,
    SyncUseCases,
    of_notifications,
    of_sync,
)
from parlour.entrypoints.use_cases.people import (
    AccessUseCases,
    PresenceUseCases,
    UserUseCases,
    of_access,
    of_presence,
    of_users,
)
from parlour.entrypoints.use_cases.ports import Policy, Ports, Storage, Stores
from parlour.entrypoints.use_cases.talk import (
    ConversationUseCases,
    MessageUseCases,
    of_conversations,
    of_messages,
)

__all__ = ["Policy", "Ports", "Storage", "Stores", "UseCases", "build_use_cases"]


@attrs.frozen(kw_only=True, slots=False)
class UseCases(
    AccessUseCases,
    UserUseCases,
    ConversationUseCases,
    MessageUseCases,
    SyncUseCases,
    NotificationUseCases,
    PresenceUseCases,
    AdministrationUseCases,
):
    """What can be asked of the domain. Callables, synchronous, safe in any thread."""


def build_use_cases(ports: Ports) -> UseCases:
    """Hand every use case its ports."""
    accounts = of_access(ports)
    concepts: tuple[attrs.AttrsInstance, ...] = (
        accounts,
        of_users(ports),
        of_conversations(ports),
        of_messages(ports),
        of_sync(ports),
        of_notifications(ports),
        of_presence(ports),
        of_administration(ports, accounts.create_user),
    )
    named: dict[str, Any] = {}
    for concept in concepts:
        named |= attrs.asdict(concept, recurse=False)
    return UseCases(**named)
