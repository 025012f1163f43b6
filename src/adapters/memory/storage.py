"""The storage port in memory: everything is lost when the process ends."""

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
from parlour.adapters.memory.message_life import (
    MemoryDraftStore,
    MemoryHiddenStore,
    MemoryPinStore,
    MemoryReactionStore,
    MemoryRevisionStore,
    MemoryVoteStore,
)
from parlour.adapters.memory.messages import MemoryDetails, MemoryMessageStore, MemoryPeople
from parlour.adapters.memory.notifications import (
    MemoryKeyStore,
    MemoryNotificationStore,
    MemoryPushOutbox,
    MemorySubscriptionStore,
)
from parlour.adapters.memory.transaction import MemoryUnitOfWork, UndoLog
from parlour.adapters.memory.users import MemoryUserStore
from parlour.domain.kernel.transaction import PoolUsage, SchemaState, Storage


class MemoryStores:
    """The stores of every concept over one undo log."""

    def __init__(self, undo_log: UndoLog) -> None:
        self.users = MemoryUserStore(undo_log)
        self.private_logs = MemoryPrivateLogStore(undo_log)
        self.credentials = MemoryCredentialStore(undo_log)
        self.tokens = MemoryTokenStore(undo_log)
        self.devices = MemoryDeviceStore(undo_log, self.users, self.tokens)
        self.conversations = MemoryConversationStore(undo_log)
        self.members = MemoryMemberStore(undo_log, self.conversations)
        self.events = MemoryEventStore(undo_log)
        self.reactions = MemoryReactionStore(undo_log)
        self.pins = MemoryPinStore(undo_log)
        self.votes = MemoryVoteStore(undo_log)
        self.revisions = MemoryRevisionStore(undo_log)
        self.drafts = MemoryDraftStore(undo_log)
        self.hidden = MemoryHiddenStore(undo_log)
        self.messages = MemoryMessageStore(
            undo_log,
            MemoryPeople(self.users, self.conversations, self.members),
            MemoryDetails(self.reactions, self.votes, self.hidden),
        )
        self.audit = MemoryAuditLog(undo_log)
        self.registry = MemoryRegistry(self.users, self.devices, self.conversations, self.members)
        self.notifications = MemoryNotificationStore(undo_log)
        self.subscriptions = MemorySubscriptionStore(undo_log)
        self.outbox = MemoryPushOutbox(undo_log)
        self.service_keys = MemoryKeyStore(undo_log)


class MemoryStorage(Storage[MemoryStores]):
    """A storage without a file, for tests and demonstrations."""

    def __init__(self) -> None:
        undo_log = UndoLog()
        self._uow = MemoryUnitOfWork(MemoryStores(undo_log), undo_log)

    @property
    def uow(self) -> MemoryUnitOfWork[MemoryStores]:
        return self._uow

    @property
    def is_inline(self) -> bool:
        return True

    def check(self) -> None:
        """Do nothing: memory is always available."""

    def check_writing(self) -> None:
        """Do nothing: memory is always available."""

    def close(self) -> None:
        """Do nothing: the data ends with the last reference to it."""

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
