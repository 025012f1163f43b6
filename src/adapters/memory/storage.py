"""Everything durable, kept as long as the process lives."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from parlour.adapters.memory.access import (
    MemoryCredentialStore,
    MemoryDeviceStore,
    MemoryTokenStore,
)
from parlour.adapters.memory.administration import MemoryAuditLog, MemoryRegistry
from parlour.adapters.memory.conversations import MemoryConversationStore, MemoryMemberStore
from parlour.adapters.memory.logs import MemoryEventStore, MemoryPrivateLogStore
from parlour.adapters.memory.messages import MemoryMessageStore
from parlour.adapters.memory.notifications import (
    MemoryKeyStore,
    MemoryNotificationStore,
    MemoryPushOutbox,
    MemorySubscriptionStore,
)
from parlour.adapters.memory.transaction import Journal, MemoryUnitOfWork
from parlour.adapters.memory.users import MemoryUserStore
from parlour.domain.kernel.transaction import PoolUsage, SchemaState, Storage


class MemoryStores:
    """The stores of every concept, over one journal."""

    def __init__(self, journal: Journal) -> None:
        self.users = MemoryUserStore(journal)
        self.private_logs = MemoryPrivateLogStore(journal)
        self.credentials = MemoryCredentialStore(journal)
        self.tokens = MemoryTokenStore(journal)
        self.devices = MemoryDeviceStore(journal, self.users, self.tokens)
        self.conversations = MemoryConversationStore(journal)
        self.members = MemoryMemberStore(journal, self.conversations)
        self.events = MemoryEventStore(journal)
        self.messages = MemoryMessageStore(journal, self.conversations, self.members)
        self.audit = MemoryAuditLog(journal)
        self.registry = MemoryRegistry(self.users, self.devices, self.conversations, self.members)
        self.notifications = MemoryNotificationStore(journal)
        self.subscriptions = MemorySubscriptionStore(journal)
        self.outbox = MemoryPushOutbox(journal)
        self.service_keys = MemoryKeyStore(journal)


class MemoryStorage(Storage[MemoryStores]):
    """A backend without a file: for tests, demonstrations, and services that may forget."""

    def __init__(self) -> None:
        journal = Journal()
        self._uow = MemoryUnitOfWork(MemoryStores(journal), journal)

    @property
    def uow(self) -> MemoryUnitOfWork[MemoryStores]:
        return self._uow

    @property
    def is_inline(self) -> bool:
        return True

    def check(self) -> None:
        """Do nothing: memory is always in reach."""

    def close(self) -> None:
        """Do nothing: the data goes with the last reference."""

    def migrate(self) -> None:
        """Do nothing: no data is older than the process."""

    def schema_state(self) -> SchemaState | None:
        return None

    def describe(self) -> str:
        return "the memory of this process"

    def durability_risks(self) -> Sequence[str]:
        return ["everything is lost when the process ends"]

    def server_time(self) -> datetime | None:
        return None

    def pool_usage(self) -> Mapping[str, PoolUsage]:
        return {}
