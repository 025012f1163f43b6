"""The stores of every concept over one connection, each with its statements beside it."""

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.stores.access import SqlCredentialStore, SqlDeviceStore, SqlTokenStore
from parlour.adapters.sql.stores.administration import SqlAuditLog, SqlRegistry
from parlour.adapters.sql.stores.conversations import SqlConversationStore
from parlour.adapters.sql.stores.drafts import SqlDraftStore, SqlHiddenStore
from parlour.adapters.sql.stores.logs import SqlEventStore, SqlPrivateLogStore
from parlour.adapters.sql.stores.members import SqlMemberStore
from parlour.adapters.sql.stores.message_life import (
    SqlPinStore,
    SqlReactionStore,
    SqlVoteStore,
)
from parlour.adapters.sql.stores.messages import SqlMessageStore
from parlour.adapters.sql.stores.notifications import SqlNotificationStore
from parlour.adapters.sql.stores.push import SqlKeyStore, SqlPushOutbox, SqlSubscriptionStore
from parlour.adapters.sql.stores.revisions import SqlRevisionStore
from parlour.adapters.sql.stores.users import SqlUserStore

__all__ = ["SqlStores"]


class SqlStores:
    """The stores of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.users = SqlUserStore(connection)
        self.private_logs = SqlPrivateLogStore(connection)
        self.credentials = SqlCredentialStore(connection)
        self.devices = SqlDeviceStore(connection)
        self.tokens = SqlTokenStore(connection)
        self.conversations = SqlConversationStore(connection)
        self.members = SqlMemberStore(connection)
        self.events = SqlEventStore(connection)
        self.messages = SqlMessageStore(connection)
        self.reactions = SqlReactionStore(connection)
        self.pins = SqlPinStore(connection)
        self.votes = SqlVoteStore(connection)
        self.revisions = SqlRevisionStore(connection)
        self.drafts = SqlDraftStore(connection)
        self.hidden = SqlHiddenStore(connection)
        self.audit = SqlAuditLog(connection)
        self.registry = SqlRegistry(connection)
        self.notifications = SqlNotificationStore(connection)
        self.subscriptions = SqlSubscriptionStore(connection)
        self.outbox = SqlPushOutbox(connection)
        self.service_keys = SqlKeyStore(connection)
