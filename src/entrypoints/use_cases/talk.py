"""The use cases of conversations and messages."""

import attrs

from parlour.domain import conversations, messages
from parlour.entrypoints.use_cases.ports import Ports


@attrs.frozen(kw_only=True, slots=False)
class ConversationUseCases:
    """What can be asked about conversations."""

    open_direct: conversations.OpenDirect
    find_direct: conversations.FindDirect
    create_group: conversations.CreateGroup
    change_settings: conversations.ChangeSettings
    list_members: conversations.ListMembers


@attrs.frozen(kw_only=True, slots=False)
class MessageUseCases:
    """What can be asked about messages."""

    kinds: messages.Kinds
    execute_commands: messages.ExecuteCommands
    mark_watermarks: messages.MarkWatermarks
    list_receipts: messages.ListReceipts
    page_history: messages.PageHistory
    get_message: messages.GetMessage
    forward_messages: messages.ForwardMessages
    set_draft: messages.SetDraft
    hide_messages: messages.HideMessages
    clear_history: messages.ClearHistory
    get_messages: messages.GetMessages
    list_reactions: messages.ListReactions
    list_revisions: messages.ListRevisions
    list_pins: messages.ListPins


def of_conversations(ports: Ports) -> ConversationUseCases:
    """Hand the use cases of conversations their ports."""
    return ConversationUseCases(
        open_direct=conversations.OpenDirect(
            uow=ports.uow, clock=ports.clock, new_id=ports.new_id
        ),
        find_direct=conversations.FindDirect(ports.uow),
        create_group=conversations.CreateGroup(
            uow=ports.uow,
            clock=ports.clock,
            new_id=ports.new_id,
            max_members=ports.policy.limits.group_members,
        ),
        change_settings=conversations.ChangeSettings(ports.uow, ports.clock),
        list_members=conversations.ListMembers(ports.uow),
    )


def of_messages(ports: Ports) -> MessageUseCases:
    """Hand the use cases of messages their ports."""
    return MessageUseCases(
        kinds=ports.policy.kinds,
        execute_commands=messages.ExecuteCommands(ports.uow, ports.clock, ports.policy.limits),
        mark_watermarks=messages.MarkWatermarks(ports.uow, ports.clock),
        list_receipts=messages.ListReceipts(ports.uow),
        page_history=messages.PageHistory(ports.uow),
        get_message=messages.GetMessage(ports.uow),
        forward_messages=messages.ForwardMessages(ports.uow),
        set_draft=messages.SetDraft(ports.uow, ports.clock),
        hide_messages=messages.HideMessages(ports.uow, ports.clock),
        clear_history=messages.ClearHistory(ports.uow, ports.clock),
        get_messages=messages.GetMessages(ports.uow),
        list_reactions=messages.ListReactions(ports.uow),
        list_revisions=messages.ListRevisions(ports.uow),
        list_pins=messages.ListPins(ports.uow),
    )
