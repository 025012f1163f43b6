"""The canary: a periodic message to itself through the database and the bus, with its latency.

The canary is a user of the service's own, with a reserved handle, no password and disabled, so
that nobody finds it, writes to it or logs in as it. Every message is a real one: it waits in a
lane, is committed, published and delivered; then a frame is published on the bus and must come
back.
"""

import asyncio
import time

from parlour.adapters.logging import get_logger
from parlour.domain.conversations import Title
from parlour.domain.kernel.ids import ConversationId, DeviceId, SendKey, SessionId, UserId
from parlour.domain.messages import Content, PostMessage
from parlour.entrypoints.shell.meters import FAST, Histogram
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.shell.signals import NOBODY, Signal, SignalKind
from parlour.entrypoints.shell.topic import Subscriber

PROBE_TIMEOUT = 10.0
"""Seconds after which a probe has failed."""

log = get_logger("parlour.canary")


class Canary(Subscriber):
    """Probes the node every so many seconds, and counts the results."""

    focus: ConversationId | None = None

    def __init__(self, service: Service, *, every: float) -> None:
        self._service = service
        self._every = every
        self._conversation: ConversationId | None = None
        self._awaited: bytes | None = None
        self._heard = asyncio.Event()
        self._echo = asyncio.Event()
        self._topic = f"x:{service.node.hex}"
        self.user = UserId(NOBODY)
        self.device = DeviceId(NOBODY)
        self.session = SessionId(service.new_id())
        self.seconds = Histogram(FAST)
        self.failures = 0
        self.is_well = True
        service.hub.on_echo = self._echo.set

    async def run(self) -> None:
        """Probe until cancelled."""
        while True:
            await self.probe()
            await asyncio.sleep(self._every)

    async def probe(self) -> None:
        """Send one message and wait for it; record how long it took, or the failure."""
        begun, stage = time.perf_counter(), "database"
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await self._probe_database()
                stage = "bus"
                await self._probe_bus()
        except Exception as error:  # noqa: BLE001 - any error is a failed probe
            self._record_failure(stage, error)
            return
        self.seconds.observe(time.perf_counter() - begun)
        if not self.is_well:
            log.info("canary recovered")
        self.is_well = True

    def _record_failure(self, stage: str, error: Exception) -> None:
        self.failures += 1
        if self.is_well:
            log.warning("canary failed", stage=stage, error=error)
        self.is_well = False
        if stage == "database":
            self._leave()

    # -- database ----------------------------------------------------------------------------

    async def _probe_database(self) -> None:
        conversation = self._conversation
        if conversation is None:
            conversation = self._conversation = await self._join()
        key = SendKey(self._service.new_id())
        self._awaited = str(key).encode()
        self._heard.clear()
        content = Content.parse(kind="text", body={"text": "tweet"}, reply_to=None, mentions=())
        await self._service.execute(
            PostMessage(
                conversation=conversation, sender=self.user, session=None, key=key, content=content
            )
        )
        await self._heard.wait()

    async def _join(self) -> ConversationId:
        """Open the account and its conversation, and subscribe to them."""
        service = self._service
        self.user = await service.run(service.use.open_service_account)
        page = await service.run(service.use.list_heads, self.user, limit=1)
        if page.heads:
            conversation = page.heads[0].conversation.id
        else:
            opened = await service.run(
                service.use.create_group, self.user, title=Title("Canary"), members=[]
            )
            conversation = opened.conversation.id
        service.hub.register(self)
        await service.hub.subscribe([self], [conversation])
        private, ends = await service.run(service.use.list_topics, self.user)
        service.hub.complete_subscription(self, private, ends, [conversation])
        return conversation

    def _leave(self) -> None:
        self._service.hub.unregister(self)
        self._conversation = None

    # -- bus ---------------------------------------------------------------------------------

    async def _probe_bus(self) -> None:
        service = self._service
        if service.settings.bus.backend == "memory":
            return  # this bus does not leave the process
        await service.bus.follow([self._topic])
        self._echo.clear()
        signal = Signal(SignalKind.EVENT, node=service.node)
        service.bus.publish([(self._topic, signal.pack())])
        await self._echo.wait()

    # -- what the hub calls ------------------------------------------------------------------

    def push(self, frame: bytes) -> None:
        if self._awaited is not None and self._awaited in frame:
            self._heard.set()

    def push_latest(self, key: str, frame: bytes) -> None:
        """Ignore receipts."""

    def push_soft(self, key: str, frame: bytes) -> None:
        """Ignore typing and presence."""

    def resync(self, conversation: ConversationId | None, reason: str) -> None:
        """Ignore gaps: the next probe comes soon."""

    def restart(self) -> None:
        self._leave()

    def end(self) -> None:
        self._leave()
