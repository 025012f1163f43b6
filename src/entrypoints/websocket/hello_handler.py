"""From `hello` to `welcome`: authentication, subscriptions and what the client missed."""

from collections.abc import Collection
from datetime import datetime
from logging import DEBUG, getLogger

from parlour.adapters.logging import bound, get_logger
from parlour.domain.access import TokenExpired
from parlour.domain.kernel.errors import DomainError, Limited, Unauthenticated
from parlour.domain.kernel.ids import ConversationId, SessionId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs import Cursor
from parlour.domain.messages import MAX_CHARACTERS
from parlour.domain.sync import Snapshot, SnapshotRequest
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.codec import encode
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.websocket.frames import LEVEL, Hello, Welcome
from parlour.entrypoints.websocket.session import CloseCode
from parlour.entrypoints.wire.views import view_choice, view_head

log = get_logger("parlour.socket")
_is_logged = getLogger("parlour.socket").isEnabledFor


class HelloHandler:
    """Authenticates sockets and subscribes them to their logs."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def handle(self, connection: Connection, frame: Hello) -> None:
        """Answer `hello` with `welcome`, or close the socket."""
        try:
            await self._authenticate(connection, frame)
        except TokenExpired:
            connection.close(CloseCode.TOKEN_EXPIRED, "token_expired")
        except Unauthenticated:
            connection.close(CloseCode.UNAUTHENTICATED, "unauthenticated")
        except Limited as refusal:
            connection.close(CloseCode.RATE_LIMITED, refusal.code)
        except DomainError as refusal:
            connection.close(CloseCode.SERVER_ERROR, refusal.code)
        except Exception as error:  # noqa: BLE001 - reported; the client comes back
            self._service.failed(error)
            connection.close(CloseCode.SERVER_ERROR, "internal")

    def expect(self, connection: Connection, expires_at: datetime) -> None:
        """Close the socket when its token expires."""
        left = (expires_at - self._service.clock()).total_seconds()
        connection.state.expires = connection.now() + left

    async def _authenticate(self, connection: Connection, frame: Hello) -> None:
        service = self._service
        arrival = await service.connect_clients(frame.token)
        identity = arrival.identity
        # No await from here to `enter`: the count stays true, and a socket that closed stays out.
        if not connection.is_open:
            return
        here = len(service.hub.sockets_of(identity.user))
        if here >= service.settings.websocket.sockets_per_user:
            connection.close(CloseCode.TOO_MANY_CONNECTIONS, "too_many_connections")
            return
        user_key = identity.user.hex
        service.limits.connection(user_key)
        connection.user, connection.device = identity.user, identity.device
        connection.session = SessionId(service.new_id())
        connection.user_key = user_key
        self.expect(connection, identity.expires_at)
        service.hub.register(connection)
        if _is_logged(DEBUG):
            with bound(user=connection.user, session=connection.session):
                log.debug("socket opened")
        await self._attach(connection, frame, arrival.conversations)

    async def _attach(
        self, connection: Connection, frame: Hello, known: Collection[ConversationId]
    ) -> None:
        """Subscribe first and read afterwards, so that no event falls between the two."""
        service, attached = self._service, set[ConversationId]()
        request = SnapshotRequest(
            connection.user,
            Cursor.recover(frame.cursor) if frame.cursor else None,
            connection.device,
        )
        while True:
            await service.hub.subscribe([connection], known)
            attached.update(known)
            snapshot = await service.take_snapshot(request)
            known = snapshot.conversations.keys() - attached
            # Otherwise the user joined conversations or chose another presence meanwhile.
            if not known and not service.hub.is_beyond(connection.user, snapshot.private):
                break
        if connection.is_open:
            # Before buffered events, which may hold a newer choice.
            service.own_presence.connect(connection.user, connection.session, snapshot.presence)
            service.hub.complete_subscription(
                connection, snapshot.private, snapshot.conversations, attached
            )
            connection.welcome(frame.id, encode(self._frame(connection, frame, snapshot)))

    def _frame(self, connection: Connection, frame: Hello, snapshot: Snapshot) -> Welcome:
        settings = self._service.settings.websocket
        return Welcome(
            id=frame.id,
            session=connection.session,
            user=connection.user,
            level=LEVEL,
            features=self._features(),
            limits={
                "frame": settings.frame,
                "in_flight": settings.in_flight,
                "text": MAX_CHARACTERS,
            },
            heartbeat_ms=round(settings.heartbeat.total_seconds() * 1000),
            time=rfc3339(self._service.clock()),
            cursor=str(snapshot.cursor),
            heads=[view_head(head) for head in snapshot.heads],
            more=snapshot.more,
            presence=view_choice(snapshot.presence),
        )

    def _features(self) -> list[str]:
        """Return the features of this service beyond level 1 of the protocol."""
        push = ["push"] if self._service.settings.push.enabled else []
        return ["notifications", *push, "messages.life"]
