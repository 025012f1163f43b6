"""The people of the harness."""

from typing import Protocol, TypeVar

from parlour.domain.access import DeviceInfo, Grant
from parlour.domain.conversations import AddMembers, RemoveMember, Title
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.entrypoints.harness.device import Device
from parlour.entrypoints.harness.transport import World
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.use_cases import UseCases

T = TypeVar("T")


class Village(Protocol):
    """Where people live."""

    @property
    def worlds(self) -> list[World]: ...
    @property
    def use(self) -> UseCases: ...
    def log_in(self, handle: str, info: DeviceInfo) -> Grant: ...
    def refresh(self, grant: Grant) -> Grant: ...
    def tell(self, result: object) -> None: ...
    def execute(self, command: DurableCommand[T]) -> T: ...


class Person:
    """Somebody with an account and, once asked for, devices. Raises refusals as they are."""

    def __init__(self, village: Village, handle: str, id: UserId) -> None:
        self._village = village
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
            grant = self._village.log_in(self.handle, DeviceInfo(name, "harness"))
            device = Device(
                self._village.worlds,
                node,
                self.id,
                name=name,
                grant=grant,
                refresh=self._village.refresh,
            )
            self._devices[name] = device
            device.connect()
        return self._devices[name]

    def log_out(self, device: Device) -> None:
        """End a device: it may no longer act, and its socket is closed."""
        self._village.tell(self._village.use.end_device(self.id, device.id))

    def open_direct(self, peer: "Person") -> ConversationId:
        """Open the direct conversation with *peer*."""
        opened = self._village.use.open_direct(self.id, peer.id)
        self._village.tell(opened.changes)
        return opened.conversation.id

    def create_group(self, title: str, *members: "Person") -> ConversationId:
        """Make a group."""
        made = self._village.use.create_group(
            self.id, title=Title.parse(title), members=[member.id for member in members]
        )
        self._village.tell(made.changes)
        return made.conversation.id

    def add(self, room: ConversationId, *people: "Person") -> None:
        """Add people to a group."""
        users = [person.id for person in people]
        self._village.execute(AddMembers(actor=self.id, conversation=room, users=users))

    def remove(self, room: ConversationId, person: "Person") -> None:
        """Remove somebody from a group."""
        self._village.execute(RemoveMember(actor=self.id, conversation=room, user=person.id))

    def leave(self, room: ConversationId) -> None:
        """Leave a group."""
        self.remove(room, self)
