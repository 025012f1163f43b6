"""What the members read at the end of a run: every message, and what is unread."""

from contextlib import suppress
from typing import Any

from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.listener import MESSAGE, shown
from parlour.entrypoints.verify.participants import Participants
from parlour.entrypoints.verify.recorder import Actor, Recorder


async def read_everything(
    participants: Participants, recorder: Recorder, *, seconds: float
) -> None:
    """Let every member read every conversation, from the beginning to the end."""
    for conversation in participants.members:
        for member in participants.accounts:
            if participants.is_member_at_end(member.id, conversation):
                await _read_all(member, conversation, recorder, seconds)
                await _read_head(member, conversation, recorder, seconds)


async def _read_all(
    member: Account, conversation: str, recorder: Recorder, seconds: float
) -> None:
    actor = Actor(member.handle, member.id)
    args = {"conversation": conversation, "final": True}
    operation = recorder.begin(actor, "page", args)
    try:
        found = await member.whole_history(conversation, seconds=seconds)
    except (NoAnswer, Refused) as error:
        operation.failed(actor, is_sure=isinstance(error, Refused))
    else:
        operation.ok(actor, messages=list(map(seen_on_page, found)))


async def _read_head(
    member: Account, conversation: str, recorder: Recorder, seconds: float
) -> None:
    with suppress(NoAnswer, Refused):
        path = f"/v1/conversations/{conversation}"
        head = await member.insist("GET", path, seconds=seconds)
        found = {name: head[name] for name in ("read", "unread")}
        actor = Actor(member.handle, member.id)
        recorder.note(actor, "head", {"conversation": conversation}, found)


def seen_on_page(message: dict[str, Any]) -> dict[str, Any]:
    """Return what a page shows of a message."""
    reactions = {each["emoji"]: each["count"] for each in message.get("reactions", ())}
    known = {name: message[name] for name in MESSAGE}
    return {**known, **shown(message), "reactions": reactions}
