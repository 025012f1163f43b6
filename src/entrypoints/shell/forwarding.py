"""Forwards messages: reads them as their reader sees them, and posts them through a lane."""

from parlour.domain.messages import ForwardRequest, Posted
from parlour.entrypoints.shell.service import Service


async def forward(service: Service, request: ForwardRequest) -> list[Posted]:
    """Post messages of one conversation in another; return them in the order of the originals.

    Raises the refusals of `ForwardMessages` and `PostMessage`.
    """
    commands = await service.run(service.use.forward_messages, request)
    return await service.lanes.execute_all(commands)
