"""Makes accounts, conversations and history, quickly, through the use cases."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from parlour.domain.access import DeviceInfo, Password
from parlour.domain.conversations import Conversation, ConversationKind, Member, Role, Title
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.messages import Content, Posted, PostMessage
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.container import Container
from parlour.entrypoints.use_cases import Ports, Stores, UseCases, build_use_cases

BATCH = 500


def seed(container: Container, wanted: Mapping[str, int]) -> dict[str, Any]:
    """Make what *wanted* asks for.

    `users`, and `strangers` who never connect; `pairs`: direct conversations of neighbours (0-1,
    2-3, …); `groups` with all users; `group_pairs`: conversations that user 0 has, as small groups
    with user 1; `elsewhere`: conversations of people who never connect; `history`: messages in the
    first conversation.
    """
    use = _use_cases(container)
    count = wanted.get("users", 0) + wanted.get("strangers", 0)
    people = [_person(use, number) for number in range(count)]
    ids = [UserId(UUID(person["id"])) for person in people]
    conversations: list[ConversationId] = [
        use.open_direct(ids[2 * pair], ids[2 * pair + 1]).conversation.id
        for pair in range(wanted.get("pairs", 0))
    ]
    for number in range(wanted.get("groups", 0)):
        group = use.create_group(ids[0], title=Title(f"Group {number}"), members=ids)
        conversations.append(group.conversation.id)
    for number in range(wanted.get("group_pairs", 0)):
        group = use.create_group(ids[0], title=Title(f"Pair {number}"), members=ids[1:2])
        conversations.append(group.conversation.id)
    for start in range(0, wanted.get("elsewhere", 0), BATCH):
        _begin_elsewhere(container, min(BATCH, wanted["elsewhere"] - start))
    if wanted.get("history"):
        _talk(use, container, conversations[0], ids[0], wanted["history"])
    return {"users": people, "conversations": [str(each) for each in conversations]}


def _use_cases(container: Container) -> UseCases:
    """Build use cases with the quick hasher, beside those that are measured."""
    (provider,) = container.use_cases.args
    ports = Ports(**{name: value() for name, value in provider.kwargs.items()})
    return build_use_cases(ports)


def _person(use: UseCases, number: int) -> dict[str, str]:
    grant = use.register(
        handle=Handle(f"u{number}"),
        display_name=DisplayName(f"User {number}"),
        password=Password("measured, not guessed"),
        device=DeviceInfo("load", "bench"),
    )
    return {"id": str(grant.user.id), "token": grant.access_token}


def _begin_elsewhere(container: Container, count: int) -> None:
    """Keep *count* groups of two each, straight in the storage."""
    new_id, at = container.new_id(), container.clock()()

    def work(stores: Stores) -> None:
        for _ in range(count):
            id_ = ConversationId(new_id())
            group = Conversation(
                id=id_,
                kind=ConversationKind.GROUP,
                title=Title("Elsewhere"),
                pair=None,
                members=2,
                created_at=at,
                changed_at=at,
            )
            stores.conversations.add(group)
            stores.members.add(
                [
                    Member(conversation=id_, user=UserId(new_id()), role=role, joined_at=at)
                    for role in (Role.OWNER, Role.MEMBER)
                ]
            )

    container.storage().uow(work)


def _talk(
    use: UseCases, container: Container, where: ConversationId, who: UserId, count: int
) -> None:
    new_id = container.new_id()
    for start in range(0, count, BATCH):
        drafts = [
            PostMessage(
                conversation=where,
                sender=who,
                session=None,
                key=SendKey(new_id()),
                content=Content(kind="text", body={"text": f"message {number} of the history"}),
            )
            for number in range(start, min(count, start + BATCH))
        ]
        outcomes = use.execute_commands(drafts).outcomes
        assert all(isinstance(outcome, Posted) for outcome in outcomes)
