"""Forwards messages: reads them as their reader sees them, and posts them through a lane."""

from collections.abc import Iterator, Sequence

from parlour.domain.messages import ForwardRequest, Posted, PostMessage, size_of
from parlour.entrypoints.shell.service import Service

MAX_TOGETHER = 256 * 1024
"""Bytes of messages that are posted at once.

All that is posted at once waits for every reader at the same time: a hundred long messages would
close the sockets of readers who are not slow at all.
"""


async def forward(service: Service, request: ForwardRequest) -> list[Posted]:
    """Post messages of one conversation in another; return them in the order of the originals.

    Raises the refusals of `ForwardMessages` and `PostMessage`.
    """
    commands = await service.run(service.use.forward_messages, request)
    posted: list[Posted] = []
    for part in parts(commands):
        posted += await service.lanes.execute_all(part)
    return posted


def parts(commands: Sequence[PostMessage]) -> Iterator[list[PostMessage]]:
    """Yield the commands in parts of at most `MAX_TOGETHER` bytes, or of one command."""
    part: list[PostMessage] = []
    total = 0
    for command in commands:
        size = size_of(command.content.body)
        if part and total + size > MAX_TOGETHER:
            yield part
            part, total = [], 0
        part.append(command)
        total += size
    if part:
        yield part
