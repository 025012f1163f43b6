"""
Catching up: everything that makes a client complete again after a hole, a pause or a reset.

The store says where events are missing; this module asks for them. A hole is given half a second
to close by itself (an answer and an event may pass each other on the way), then `sync` is sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from parlour.entrypoints.cli.chat.api import Api
from parlour.entrypoints.cli.chat.codes import pause
from parlour.entrypoints.cli.chat.link import Link
from parlour.entrypoints.cli.chat.model import Frame
from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused
from parlour.entrypoints.cli.chat.store import State
from parlour.entrypoints.cli.chat.tokens import LoggedOut

HOLD = 0.5
EVENTS_A_PAGE = 200
HEADS_A_PAGE = 100
_GONE = frozenset({"not_found", "not_member"})

Job = Callable[[], Awaitable[None]]


class Catchup:
    """Asks for what the store lacks; every job runs once at a time."""

    def __init__(
        self,
        link: Link,
        api: Api,
        *,
        dispatch: Callable[[Frame], None],
        state: Callable[[], State],
        hold: float = HOLD,
        pause: Callable[[int], float] = pause,
    ) -> None:
        self._link = link
        self._hold = hold
        self._pause = pause
        self._api = api
        self._dispatch = dispatch
        self._state = state
        self._jobs: dict[str, asyncio.Task[None]] = {}

    # -- what asks for more ------------------------------------------------------------------

    def follow(self, frame: Frame, before: State) -> None:
        """Look what a frame asks for besides the change of state."""
        match frame["type"]:
            case "event" | "events" | "page" | "posted":
                self._check(frame["conversation"])
            case "event.me":
                self._told(frame, before)
            case "private":
                for event in frame["events"]:
                    self._joined(event)
            case "resync":
                self._resync(frame.get("conversation"))
            case "head":
                self._check(frame["conversation"], offset=frame["offset"])
            case "welcome":
                self._resume_afresh(bool(frame["more"]))

    async def stop(self) -> None:
        """Stop asking."""
        jobs = list(self._jobs.values())
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        self._jobs.clear()

    def _check(self, where: str, offset: int = 0) -> None:
        """Look whether a conversation misses events, and get them."""
        known = self._state().conversations.get(where)
        if known is None:
            self._start(f"head {where}", partial(self._fetch_head, where))
        elif known.hole is not None:
            self._start(f"hole {where}", partial(self._heal, where, self._hold))
        elif known.position < offset:
            self._start(f"hole {where}", partial(self._heal, where, 0))

    def _told(self, frame: Frame, before: State) -> None:
        self._joined(frame)
        was = before.private_offset
        if frame["offset"] > was + 1 or not was:
            self._start("private", self._private)

    def _joined(self, event: Frame) -> None:
        if event["kind"] == "conversation.joined":
            where = event["data"]["conversation"]
            self._start(f"head {where}", partial(self._fetch_head, where))

    def _resync(self, where: str | None) -> None:
        if where is None:
            self._resume_afresh(more=True)
        else:
            self._start(f"head {where}", partial(self._fetch_head, where))

    def _resume_afresh(self, more: bool) -> None:
        # What an earlier line began may still wait for answers that do not matter any more.
        if running := self._jobs.pop("resume", None):
            running.cancel()
        self._start("resume", partial(self._resume, more))

    # -- the jobs ----------------------------------------------------------------------------

    async def _resume(self, more: bool) -> None:
        """Get everything since the cursor: private events, heads, events of what is loaded."""
        await self._private()
        if more:
            await self._changed_heads()
        for where, conversation in self._state().conversations.items():
            if conversation.is_loaded and not conversation.left:
                await self._sync(where)

    async def _private(self) -> None:
        more = True
        while more:
            cursor = self._state().cursor
            page = await self._link.request("sync.me", cursor=cursor, limit=EVENTS_A_PAGE)
            self._dispatch({**page, "type": "private"})
            if page["reset"]:
                await self._changed_heads()
            more = page["more"]

    async def _changed_heads(self) -> None:
        """Heads come newest first: a page that brings nothing new is followed by older ones."""
        before: str | None = None
        while True:
            page = await self._link.request(
                "conversations", limit=HEADS_A_PAGE, **({"before": before} if before else {})
            )
            known = self._state().conversations
            is_new = any(
                head["conversation"] not in known
                or known[head["conversation"]].head.offset < head["offset"]
                for head in page["heads"]
            )
            self._dispatch({"type": "heads", "heads": page["heads"]})
            before = page.get("next")
            if before is None or not is_new:
                return

    async def _fetch_head(self, where: str) -> None:
        try:
            head = await self._api.head(where)
        except Refused as refusal:
            self._lose(where, refusal)
            return
        self._dispatch({"type": "heads", "heads": [head]})
        conversation = self._state().conversations[where]
        if conversation.is_loaded:
            await self._sync(where)

    async def _heal(self, where: str, hold: float) -> None:
        await asyncio.sleep(hold)
        conversation = self._state().conversations[where]
        if hold and conversation.hole is None:
            return  # it closed by itself
        if conversation.is_loaded:
            await self._sync(where)
        else:
            await self._fetch_head(where)

    async def _sync(self, where: str) -> None:
        """Get the events after the last one applied, page by page."""
        more = True
        while more:
            after = self._state().conversations[where].position
            try:
                page = await self._link.request(
                    "sync", conversation=where, after=after, limit=EVENTS_A_PAGE
                )
            except Refused as refusal:
                self._lose(where, refusal)
                return
            if page["reset"]:
                await self.load(where)
                return
            self._dispatch({"type": "events", "conversation": where, "events": page["events"]})
            more = page["more"] and bool(page["events"])

    async def load(self, where: str) -> None:
        """Begin the log of a conversation with its newest page; unsent messages are elsewhere.

        Raises:
            Refused, NoAnswer: the service said no, or nothing.
        """
        self._dispatch({"type": "heads", "heads": [await self._api.head(where)]})
        upto = self._state().conversations[where].head.offset
        messages = await self._api.history(where)
        self._dispatch({"type": "page", "conversation": where, "messages": messages, "upto": upto})

    def _lose(self, where: str, refusal: Refused) -> None:
        if refusal.code not in _GONE:
            raise refusal
        self._dispatch({"type": "left", "conversation": where})

    def _start(self, name: str, job: Job) -> None:
        if name not in self._jobs:
            self._jobs[name] = asyncio.get_running_loop().create_task(self._run(name, job))

    async def _run(self, name: str, job: Job) -> None:
        try:
            is_done = await self._insist(job)
        finally:
            if self._jobs.get(name) is asyncio.current_task():
                del self._jobs[name]
        # What came while the job ended may have left another hole.
        where = name.partition(" ")[2]
        if is_done and where in self._state().conversations:
            self._check(where)

    async def _insist(self, job: Job) -> bool:
        """Run a job, again while it fails for a time; tell whether it came to its end.

        A job without a line is dropped: the next welcome asks for everything.
        """
        attempt = 0
        while True:
            try:
                await job()
                return True
            except LoggedOut:
                return False  # the link hears of it, too, and says so
            except (NoAnswer, Refused) as problem:
                is_final = isinstance(problem, Refused) and not problem.temporary
                if is_final or not self._link.is_online:
                    return False
                rest = problem.retry_after if isinstance(problem, Refused) else 0.0
                await asyncio.sleep(max(rest, self._pause(attempt)))
                attempt += 1
