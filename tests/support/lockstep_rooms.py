"""Actions in conversations, in lockstep."""

from datetime import timedelta
from itertools import product

from hypothesis import strategies as st
from hypothesis.stateful import initialize, multiple, rule

from parlour.domain.conversations import ConversationSettings, Opened, Role, Title
from parlour.domain.kernel.ids import ConversationId, SendKey, UserId
from parlour.domain.messages import Content, Mark, Outcome, Posted, PostMessage
from tests.support import builders as b
from tests.support.fakes import START
from tests.support.lockstep import ACTORS, ANYBODY, ROOMS, TEXTS, Lockstep, Refused
from tests.support.world import World

KEYS = st.sampled_from([SendKey(b.id_of(f"key {n}")) for n in range(4)])
SEQS = st.none() | st.integers(-1, 5)


class Rooms(Lockstep):
    """Users open, join and leave conversations, write and read."""

    def __init__(self, tried: World) -> None:
        super().__init__(tried)
        self.posted: set[tuple[ConversationId, UserId, SendKey]] = set()

    @initialize(target=ROOMS)
    def three_share_two_rooms(self) -> object:
        def begin(world: World) -> tuple[list[UserId], list[ConversationId]]:
            people = world.people("anna", "berta", "carla", "dora")
            anna, berta, carla, _ = people
            rooms = [world.group(anna, carla, admins=[berta]), world.direct(anna, berta)]
            for room, text in product(rooms, ["one", "two"]):
                message = world.say(berta, room, text, mentions=["all"])
                self.posted.add((room, berta, message.key))
            return people, rooms

        begun = self.both(begin)
        assert not isinstance(begun, Refused)
        self.people, self.rooms = begun
        return multiple(*self.rooms)

    def opened(self, opened: Opened | Refused) -> object:
        if isinstance(opened, Refused):
            return multiple()
        if opened.is_new:
            self.rooms.append(opened.conversation.id)
        return opened.conversation.id

    @rule(target=ROOMS, one=ANYBODY, other=ANYBODY)
    def open_direct(self, one: int, other: int) -> object:
        return self.opened(
            self.both(lambda world: world.do.open_direct(self.people[one], self.people[other]))
        )

    @rule(target=ROOMS, owner=ANYBODY, members=st.lists(ANYBODY, max_size=3), title=TEXTS)
    def create_group(self, owner: int, members: list[int], title: str) -> object:
        return self.opened(
            self.both(
                lambda world: world.do.create_group(
                    self.people[owner],
                    title=Title.parse(f"x{title}"),
                    members=[self.people[n] for n in members],
                )
            )
        )

    @rule(room=ROOMS, actor=ACTORS, title=TEXTS)
    def rename(self, room: ConversationId, actor: int, title: str) -> None:
        user = self.somebody(room, actor)
        self.both(lambda world: world.rename(user, room, Title.parse(f"x{title}")))

    @rule(room=ROOMS, actor=ACTORS, members=st.lists(ANYBODY, min_size=1, max_size=3))
    def add_members(self, room: ConversationId, actor: int, members: list[int]) -> None:
        user = self.somebody(room, actor)
        new = [self.people[n] for n in members]
        self.both(lambda world: world.add_members(user, room, new))

    @rule(room=ROOMS, actor=ACTORS, member=ANYBODY)
    def remove_member(self, room: ConversationId, actor: int, member: int) -> None:
        user = self.somebody(room, actor)
        self.both(lambda world: world.remove_member(user, room, self.people[member]))

    @rule(room=ROOMS, actor=ACTORS)
    def leave(self, room: ConversationId, actor: int) -> None:
        user = self.somebody(room, actor)
        self.both(lambda world: world.remove_member(user, room, user))

    @rule(room=ROOMS, actor=ACTORS, member=ANYBODY, role=st.sampled_from(Role))
    def change_role(self, room: ConversationId, actor: int, member: int, role: Role) -> None:
        user = self.somebody(room, actor)
        self.both(lambda world: world.change_role(user, room, self.people[member], role))

    @rule(
        room=ROOMS,
        actor=ACTORS,
        days=st.none() | st.integers(0, 9),
        pinned=st.booleans(),
        unread=st.booleans(),
    )
    def change_settings(
        self, room: ConversationId, actor: int, days: int | None, pinned: bool, unread: bool
    ) -> None:
        user = self.somebody(room, actor)
        until = None if days is None else START + timedelta(days=days, microseconds=days)
        settings = ConversationSettings(muted_until=until, pinned=pinned, marked_unread=unread)
        self.both(lambda world: world.do.change_settings(user, room, settings))

    @rule(
        sends=st.lists(st.tuples(ROOMS, ACTORS, KEYS, TEXTS), min_size=1, max_size=4),
        reply_to=st.none() | st.none() | st.integers(1, 4),
        mentions=st.lists(ANYBODY | st.just("all"), max_size=2),
        handles=st.sampled_from(["", "", "@anna @all ", "@berta.", "`@carla` "]),
    )
    def send(
        self,
        sends: list[tuple[ConversationId, int, SendKey, str]],
        reply_to: int | None,
        mentions: list[int | str],
        handles: str,
    ) -> None:
        users = [self.somebody(room, actor) for room, actor, _, _ in sends]
        named = ["all" if name == "all" else str(self.people[int(name)]) for name in mentions]

        def post(world: World) -> list[Outcome]:
            return world.post(
                *(
                    PostMessage(
                        conversation=room,
                        sender=user,
                        session=b.TAB if mentions else None,
                        key=key,
                        content=Content.parse(
                            body={"text": f"{handles}{text}!"},
                            reply_to=reply_to,
                            mentions=named,
                        ),
                    )
                    for (room, _, key, text), user in zip(sends, users, strict=True)
                )
            )

        outcomes = self.both(post)
        if not isinstance(outcomes, Refused):
            messages = [each.message for each in outcomes if isinstance(each, Posted)]
            self.posted |= {(each.conversation, each.sender, each.key) for each in messages}

    @rule(
        marks=st.lists(st.tuples(ROOMS, ACTORS, SEQS, SEQS, st.booleans()), min_size=1, max_size=4)
    )
    def mark(self, marks: list[tuple[ConversationId, int, int | None, int | None, bool]]) -> None:
        batch = [
            Mark(
                conversation=room,
                user=self.somebody(room, actor),
                read=read,
                received=received,
                private=private,
            )
            for room, actor, read, received, private in marks
        ]
        self.both(lambda world: world.do.mark_watermarks(batch))
