"""The users of the harness."""

from typing import Protocol, TypeVar

from parlour.domain.access import DeviceInfo, Grant
from parlour.domain.conversations import AddMembers, RemoveMember, Title
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.entrypoints.harness.device import Device
from parlour.entrypoints.harness.node import Node
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.use_cases import UseCases

T = TypeVar("T")


class Deployment(Protocol):
    """What a person uses of the `Chat`."""

    nodes: list[Node]

    @property
    def use(self) -> UseCases: ...
    def log_in(self, handle: str, info: DeviceInfo) -> Grant: ...
    def refresh(self, grant: Grant) -> Grant: ...
    def tell(self, result: object) -> None: ...
    def execute(self, command: DurableCommand[T]) -> T: ...


class Person:
    """A user with an account and devices. Use cases raise the errors of the domain."""

    def __init__(self, chat: Deployment, handle: str, id: UserId) -> None:
        self._chat = chat
        self._devices: dict[str, Device] = {}
        self.handle = handle
        self.id = id

    @property
    def phone(self) -> Device:
        """A device on the first node, connected when it is first asked for."""
        return self.device("phone")

    @property
    def laptop(self) -> Device:
        """Another device, on the last node."""
        return self.device("laptop", node=-1)

    def device(self, name: str, *, node: int = 0) -> Device:
        """Return the device of this name; the first time, log it in and connect it to *node*."""
        if name not in self._devices:
            grant = self._chat.log_in(self.handle, DeviceInfo(name, "harness"))
            device = Device(
                self._chat.nodes,
                node,
                self.id,
                name=name,
                grant=grant,
                refresh=self._chat.refresh,
            )
            self._devices[name] = device
            device.connect()
        return self._devices[name]

    def log_out(self, device: Device) -> None:
        """End the session of a device: its tokens are refused and its socket is closed."""
        self._chat.tell(self._chat.use.end_device(self.id, device.id))

    def open_direct(self, peer: "Person") -> ConversationId:
        """Open the direct conversation with *peer*."""
        opened = self._chat.use.open_direct(self.id, peer.id)
        self._chat.tell(opened.changes)
        return opened.conversation.id

    def create_group(self, title: str, *members: "Person") -> ConversationId:
        """Create a group."""
        made = self._chat.use.create_group(
            self.id, title=Title.parse(title), members=[member.id for member in members]
        )
        self._chat.tell(made.changes)
        return made.conversation.id

    def add(self, room: ConversationId, *people: "Person") -> None:
        """Add people to a group."""
        users = [person.id for person in people]
        self._chat.execute(AddMembers(actor=self.id, conversation=room, users=users))

    def remove(self, room: ConversationId, person: "Person") -> None:
        """Remove a member from a group."""
        self._chat.execute(RemoveMember(actor=self.id, conversation=room, user=person.id))

    def leave(self, room: ConversationId) -> None:
        """Leave a group."""
        self.remove(room, self)
