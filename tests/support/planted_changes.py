"""Bugs in what happens to messages later: edits, recalls and reactions that go wrong."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from parlour.domain.kernel.errors import DomainError
from parlour.domain.messages import (
    Committed,
    Edited,
    EditMessage,
    Message,
    MessageBatch,
    MessageNumber,
    Reacted,
    ReactionSet,
    RecallMessage,
    SetReaction,
)
from parlour.domain.sync import EventPage, LogQuery
from parlour.entrypoints.shell.lanes import DurableCommand, encoding
from parlour.entrypoints.shell.service import Service
from tests.support.planted_commits import patch

Spoil = Callable[[Any], DurableCommand[Any]]
"""Puts a broken command in the place of a good one."""


def _in_place_of(service: Service, spoiled: Mapping[type, Spoil]) -> None:
    """Execute other commands than those that were asked for."""
    execute = service.use.execute_commands

    def replaced(commands: Sequence[DurableCommand[Any]]) -> Committed:
        return execute(
            [spoiled[type(each)](each) if type(each) in spoiled else each for each in commands]
        )

    for lane in service.lanes.commands:
        lane._commit = replaced


def _as(other: Any) -> Spoil:
    return lambda command: other(**attrs.asdict(command, recurse=False))


class _UnnumberedEdit(EditMessage):
    def decide(self, batch: MessageBatch) -> Edited:
        _, message = batch.require_present(self.conversation, self.seq, self.actor)
        if message.sender != self.actor:
            return super().decide(batch)
        revision = max(2, message.revision)
        edited = attrs.evolve(message.edited(self.content, batch.at), revision=revision)
        batch.changes.edit(edited)
        event = batch.append(self.conversation, self.actor, edited.as_edit())
        return Edited(event.offset, revision)


def edit_without_revision(service: Service) -> None:
    """Later edits have the revision of the first."""
    _in_place_of(service, {EditMessage: _as(_UnnumberedEdit)})


class _AnybodysEdit(EditMessage):
    def decide(self, batch: MessageBatch) -> Edited:
        _, message = batch.require_present(self.conversation, self.seq, self.actor)
        edited = message.edited(self.content, batch.at)
        batch.changes.edit(edited)
        event = batch.append(self.conversation, self.actor, edited.as_edit())
        return Edited(event.offset, edited.revision)


def edit_by_a_stranger(service: Service) -> None:
    """Everybody may edit every message that they see."""
    _in_place_of(service, {EditMessage: _as(_AnybodysEdit)})


class _RepeatedReaction(SetReaction):
    def decide(self, batch: MessageBatch) -> Reacted:
        done = super().decide(batch)
        if not done.replayed or not self.on:
            return done
        _, message = batch.require_present(self.conversation, self.seq, self.actor)
        tallies = batch.changes.reactions.of(message.number)
        tally = tallies[self.emoji.value] = tallies[self.emoji.value].plus(self.actor)
        batch.changes.reactions._changed.add((message.number, self.emoji.value))
        payload = ReactionSet(seq=self.seq, emoji=tally.emoji, on=True, count=tally.count)
        event = batch.append(self.conversation, self.actor, payload)
        return Reacted(event.offset, tally.count)


def reaction_counted_twice(service: Service) -> None:
    """Who reacts again is counted again."""
    _in_place_of(service, {SetReaction: _as(_RepeatedReaction)})


def recall_leaves_the_log(service: Service) -> None:
    """Whoever catches up gets the text that was posted, recalled or not."""
    posted: dict[MessageNumber, Message] = {}
    tell, read = service._committed, service.use.read_logs

    def remember(committed: Committed) -> None:
        tell(committed)
        for event in committed.events:
            if isinstance(event, Message):
                posted.setdefault(event.number, event)

    def as_posted(page: EventPage | DomainError) -> EventPage | DomainError:
        if isinstance(page, DomainError):
            return page
        events = tuple(
            posted.get(each.number, each) if isinstance(each, Message) else each
            for each in page.events
        )
        return attrs.evolve(page, events=events)

    def read_logs(asked: Sequence[LogQuery]) -> list[EventPage | DomainError]:
        return [as_posted(page) for page in read(asked)]

    for lane in service.lanes.commands:
        lane._committed = remember
    service.lanes.logs._commit = encoding(read_logs)


def recall_is_undone(service: Service) -> None:
    """A recall is acknowledged and told, and the message stays as it is."""

    class Forgetful(RecallMessage):
        def decide(self, batch: MessageBatch) -> Any:
            done = super().decide(batch)
            number = (self.conversation, self.seq)
            batch.changes._now[number] = batch.changes._before[number]
            batch.changes._recalled.clear()
            return done

    _in_place_of(service, {RecallMessage: _as(Forgetful)})


def kinds_out_of_order(service: Service) -> None:
    """Edits wait longer than reactions that were asked for later."""
    submit = service.submit

    def later(command: DurableCommand[Any], done: Any) -> None:
        if isinstance(command, EditMessage):
            asyncio.get_running_loop().call_later(0.02, submit, command, done)
        else:
            submit(command, done)

    patch(service, submit=later)


def recalled_is_unread(service: Service) -> None:
    """What was taken back goes on to count as unread."""
    messages: Any = service.storage.uow(lambda stores: stores.messages)
    patch(
        messages,
        count_own=lambda after: {
            (room, user): sum(each.sender == user for each in messages.after(room, seq, 100_000))
            for (room, user), seq in after.items()
        },
    )


CHANGE_PLANTS: tuple[Callable[[Service], None], ...] = (
    edit_without_revision,
    edit_by_a_stranger,
    reaction_counted_twice,
    recall_leaves_the_log,
    recall_is_undone,
    kinds_out_of_order,
    recalled_is_unread,
)
