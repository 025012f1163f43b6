"""
A node that dies, or errs, where a test wants it: `python -m tests.support.broken_node`.

It is the product as it is, with a part replaced after it was put together; which one says the
environment, PARLOUR_TEST_FAULT, as `crash:after_commit:5`, `plant:no_dedupe` or `break:tasks_die`.
The product itself holds none of this, so nothing can arm it.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import attrs
import uvloop

from parlour.adapters import logging
from parlour.adapters.config import load
from parlour.domain.messages import Committed, Message, Posted
from parlour.entrypoints.server import Process
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.shell.supervisor import Task
from tests.support.planted import PLANTS

T = TypeVar("T")

CRASHED = 137
"""The exit code of a process that was killed, which is what a crash looks like from outside."""


class Fuse:
    """Ends the process, as a kill does, when it was reached often enough."""

    def __init__(self, point: str, times: int) -> None:
        self._point = point
        self._left = times

    def __call__(self) -> None:
        if self.is_last():
            self.burn()

    def is_last(self) -> bool:
        """Count; tell whether this is the time."""
        self._left -= 1
        return self._left <= 0

    def burn(self) -> None:
        """End the process."""
        os.write(2, f"crashed at {self._point}\n".encode())
        os._exit(CRASHED)


@attrs.frozen
class CommittingUow:
    """A unit of work that dies before it commits."""

    uow: Any
    burn: Fuse

    def __call__(self, work: Callable[[Any], T], **options: Any) -> T:
        def doomed(stores: Any) -> T:
            result = work(stores)
            self.burn()
            return result

        result: T = self.uow(doomed, **options)
        return result


def before_commit(service: Service, burn: Fuse) -> None:
    """Die when everything is written and nothing is committed."""
    execute: Any = service.use.execute_commands
    doomed = attrs.evolve(execute, uow=CommittingUow(execute.uow, burn))
    for lane in service.lanes.commands:
        lane._commit = doomed


def after_commit(service: Service, burn: Fuse) -> None:
    """Die when the commit is done and nobody knows."""

    def commit(commands: Sequence[Any]) -> Committed:
        committed = service.use.execute_commands(commands)
        outcomes = committed.outcomes
        if any(isinstance(each, Posted) and not each.replayed for each in outcomes):
            burn()
        return committed

    for lane in service.lanes.commands:
        lane._commit = commit


def before_publish(service: Service, burn: Fuse) -> None:
    """Die when the sender is told and nobody else."""
    tell = service._committed

    def tell_or_die(committed: Committed) -> None:
        if burn.is_last():
            # The answers of this turn leave first.
            asyncio.get_running_loop().call_later(0.05, burn.burn)
        else:
            tell(committed)

    for lane in service.lanes.commands:
        lane._committed = tell_or_die


CRASHES: dict[str, Callable[[Service, Fuse], None]] = {
    "before_commit": before_commit,
    "after_commit": after_commit,
    "before_publish": before_publish,
}


MORTAL = "had to die"
"""What the log of a node contains whose background tasks a test made fail."""

FREEZE = "freeze"
"""A text whose message is written and not committed when its node is stopped (SIGSTOP)."""

POISON = "poison"
"""A text that breaks what tells of it."""


def tasks_die(service: Service) -> None:
    """Let each work in the background die once, in the midst of it."""
    keep = service.supervisor.keep

    def keep_mortal(name: str, work: Task, *, is_vital: bool = False) -> None:
        lives = iter([0.5])

        async def mortal() -> None:
            life = next(lives, None)
            try:
                async with asyncio.timeout(life):
                    await work()
            except TimeoutError:
                raise RuntimeError(f"{name} {MORTAL}") from None

        keep(name, mortal, is_vital=is_vital)

    supervisor: Any = service.supervisor
    supervisor.keep = keep_mortal


def events_poison(service: Service) -> None:
    """Let the telling of some events raise, however they come to be told."""
    publisher: Any = service.publisher
    message = publisher.message

    def tell_message(told: Message) -> Any:
        if told.content.body == {"text": POISON}:
            raise ValueError(POISON)
        return message(told)

    publisher.message = tell_message


def stop_until_continued() -> None:
    """Stop the process; return when somebody has let it continue."""
    last = time.monotonic()
    os.kill(os.getpid(), signal.SIGSTOP)
    # Another thread may take the signal, and this one run on for a moment: wait for the gap.
    while (now := time.monotonic()) - last < 1.0:
        last = now
        time.sleep(0.01)


@attrs.define
class FreezingUow:
    """A unit of work that stops the whole process, once, in the transaction of a message."""

    uow: Any
    is_over: bool = False

    def __call__(self, work: Callable[[Any], T], **options: Any) -> T:
        def frozen(stores: Any) -> T:
            result = work(stores)
            events: Any = getattr(result, "events", ())
            texts = [each.content.body["text"] for each in events if isinstance(each, Message)]
            if FREEZE in texts and not self.is_over:
                self.is_over = True
                stores.users.find_many([events[0].sender])  # sends what was buffered
                stop_until_continued()
            return result

        result: T = self.uow(frozen, **options)
        return result


def freezes(service: Service) -> None:
    """Let the node stop while its transaction holds rows, until a SIGCONT."""
    execute: Any = service.use.execute_commands
    frozen = attrs.evolve(execute, uow=FreezingUow(execute.uow))
    for lane in service.lanes.commands:
        lane._commit = frozen


BREAKS: dict[str, Callable[[Service], None]] = {
    "tasks_die": tasks_die,
    "events_poison": events_poison,
    "freezes": freezes,
}


def spoil(service: Service, fault: str) -> None:
    """Put the fault in."""
    kind, name, *rest = fault.split(":")
    if kind == "crash":
        CRASHES[name](service, Fuse(name, int(rest[0])))
    else:
        {**PLANTS, **BREAKS}[name](service)


def main() -> None:
    """Serve, spoiled."""
    settings = load(None, os.environ, {}).settings

    async def serve() -> None:
        process = Process(settings, print)
        spoil(process.node.service, os.environ["PARLOUR_TEST_FAULT"])
        await process.run()

    with_logging = logging.start(settings.logging)
    try:
        uvloop.run(serve())
    finally:
        with_logging.close()


if __name__ == "__main__":
    main()
