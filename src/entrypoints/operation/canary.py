"""The canary: a message to itself, through database and bus, measured each time.

It is a user of the service's own, with a reserved handle, without a password and disabled, so that
nobody finds it, writes to it or logs in as it. Every message is a real one: it waits in a lane, is
committed, told and delivered; then a frame goes over the bus and must come back.
"""

import asyncio
import time

from parlour.adapters.logging import get_logger
from parlour.domain.conversations import Title
from parlour.domain.kernel.ids import ConversationId, DeviceId, SendKey, SessionId, UserId
from parlour.domain.messages import Content, Draft
from parlour.entrypoints.shell.meters import FAST, Histogram
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.shell.signals import NOBODY, Kind, Signal
from parlour.entrypoints.shell.subscriber import Subscriber

PATIENCE = 10.0
"""Seconds after which a canary counts as lost."""

log = get_logger("parlour.canary")


class Canary(Subscriber):
    """Sings every so many seconds, and knows how that went."""

    focus: ConversationId | None = None

    def __init__(self, service: Service, *, every: float) -> None:
        self._service = service
        self._every = every
        self._home: ConversationId | None = None
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
        """Sing for ever, until cancelled."""
        while True:
            await self.sing()
            await asyncio.sleep(self._every)

    async def sing(self) -> None:
        """Send one message and wait for it; count how long it took, or that it was lost."""
        begun, stage = time.perf_counter(), "database"
        try:
            async with asyncio.timeout(PATIENCE):
                await self._through_database()
                stage = "bus"
                await self._through_bus()
        except Exception as error:  # noqa: BLE001 - whatever it died of, that is what is measured
            self._lost(stage, error)
            return
        self.seconds.observe(time.perf_counter() - begun)
        if not self.is_well:
            log.info("canary is back")
        self.is_well = True

    def _lost(self, stage: str, error: Exception) -> None:
        self.failures += 1
        if self.is_well:
            log.warning("canary did not come back", stage=stage, error=error)
        self.is_well = False
        if stage == "database":
            self._leave()

    # -- database ----------------------------------------------------------------------------

    async def _through_database(self) -> None:
        home = self._home
        if home is None:
            home = self._home = await self._settle()
        key = SendKey(self._service.new_id())
        self._awaited = str(key).encode()
        self._heard.clear()
        content = Content.parse(kind="text", body={"text": "tweet"}, reply_to=None, mentions=())
        await self._service.execute(
            Draft(conversation=home, sender=self.user, session=None, key=key, content=content)
        )
        await self._heard.wait()

    async def _settle(self) -> ConversationId:
        """Have an account and a conversation, and hear what is said there."""
        service = self._service
        self.user = await service.run(service.use.open_service_account)
        page = await service.run(service.use.list_heads, self.user, limit=1)
        if page.heads:
            home = page.heads[0].conversation.id
        else:
            opened = await service.run(
                service.use.create_group, self.user, title=Title("Canary"), members=[]
            )
            home = opened.conversation.id
        service.hub.enter(self)
        await service.hub.attach([self], [home])
        private, ends = await service.run(service.use.list_topics, self.user)
        service.hub.settle(self, private, ends, [home])
        return home

    def _leave(self) -> None:
        self._service.hub.detach(self)
        self._home = None

    # -- bus ---------------------------------------------------------------------------------

    async def _through_bus(self) -> None:
        service = self._service
        if service.settings.bus.backend == "memory":
            return  # nothing leaves the process
        await service.bus.follow([self._topic])
        self._echo.clear()
        signal = Signal(Kind.EVENT, node=service.node)
        service.bus.publish([(self._topic, signal.pack())])
        await self._echo.wait()

    # -- what the hub brings -----------------------------------------------------------------

    def push(self, frame: bytes) -> None:
        if self._awaited is not None and self._awaited in frame:
            self._heard.set()

    def push_latest(self, key: str, frame: bytes) -> None:
        """Nobody's receipts matter to a canary."""

    def push_soft(self, key: str, frame: bytes) -> None:
        """Nobody's typing matters to a canary."""

    def resync(self, conversation: ConversationId | None, reason: str) -> None:
        """What was passed over is not waited for: the next message comes soon."""

    def restart(self) -> None:
        self._leave()

    def end(self) -> None:
        self._leave()
