"""The own account, the own devices, and other users."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from parlour.domain.access import Identity
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import DeviceId, UserId, parse_uuid
from parlour.domain.kernel.time import rfc3339
from parlour.domain.users import ChosenState, DisplayName, Handle, PresenceChoice
from parlour.entrypoints.http.documentation import CURSOR, answers, at_most
from parlour.entrypoints.http.schemas import (
    DevicesView,
    DeviceView,
    PresenceChange,
    ProfileChange,
    UsersView,
)
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.views import MeView, UserView, view_me, view_user


class DevicesController(Controller):
    """The devices on which the caller is logged in."""

    path = "/devices"
    tags = ("Access",)

    @get(operation_id="list_devices", summary="List one's own devices", responses=answers())
    async def show(
        self, service: NamedDependency[Service], me: NamedDependency[Identity]
    ) -> DevicesView:
        """List the caller's devices, newest first."""
        devices = await service.run(service.use.list_devices, me.user)
        return DevicesView(
            [
                DeviceView(
                    device.id,
                    device.info.name,
                    device.info.platform,
                    rfc3339(device.created_at),
                    rfc3339(device.last_seen_at),
                    device.id == me.device,
                )
                for device in devices
            ]
        )

    @delete(
        "/{device:uuid}",
        operation_id="end_device",
        summary="Log one of one's own devices out",
        responses=answers("not_found"),
    )
    async def end(
        self,
        device: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> None:
        """Log a device out: its tokens become invalid and its sockets close within a second."""
        service.disconnect(await service.run(service.use.end_device, me.user, DeviceId(device)))


class MeController(Controller):
    """The caller's own account."""

    path = "/me"
    tags = ("People",)

    @get(operation_id="get_me", summary="See oneself", responses=answers())
    async def show(
        self, service: NamedDependency[Service], me: NamedDependency[Identity]
    ) -> MeView:
        """Return the caller's own account."""
        return view_me(await service.run(service.use.get_user, me.user))

    @patch(
        operation_id="change_me",
        summary="Change one's own display name",
        responses=answers(body=True),
    )
    async def change(
        self,
        data: JSONBody[ProfileChange],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> MeView:
        """Change the display name, on all devices."""
        name = DisplayName.parse(data.display_name)
        user, changes = await service.run(service.use.change_profile, me.user, name)
        service.publish(changes)
        service.publish_profile(user)
        return view_me(user)

    @put(
        "/presence",
        operation_id="choose_presence",
        summary="Choose how others see oneself",
        responses=answers(body=True),
    )
    async def choose_presence(
        self,
        data: JSONBody[PresenceChange],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> MeView:
        """Be shown as online, busy or not at all while connected, on all devices."""
        choice = PresenceChoice(ChosenState(data.state), PresenceChoice.parse_text(data.text))
        return view_me(await service.choose_presence(me.user, choice))


class UsersController(Controller):
    """Other users."""

    path = "/users"
    tags = ("People",)

    @get(
        operation_id="find_users",
        summary="Find people, or look many up",
        responses=answers("invalid"),
    )
    async def find(
        self,
        service: NamedDependency[Service],
        *,
        text: Annotated[
            str | None,
            QueryParameter(name="query", description="The beginning of a handle or of a name."),
        ] = None,
        ids: Annotated[
            str | None, QueryParameter(description="Instead: up to 100 ids, with commas between.")
        ] = None,
        limit: Annotated[int | None, at_most(100, default=20)] = None,
        cursor: Annotated[str | None, CURSOR] = None,
    ) -> UsersView:
        """Find users by a prefix of their handle or of a word of their name; ordered by handle."""
        if ids is not None:
            if text is not None:
                raise Invalid("cannot be combined with query", field="ids")
            wanted = [UserId(parse_uuid(each, "ids")) for each in ids.split(",")]
            found = await service.run(service.use.get_users, wanted)
            return UsersView([view_user(user) for user in found])
        page = await service.run(service.use.find_people, text or "", cursor=cursor, limit=limit)
        return UsersView([view_user(user) for user in page.users], page.next)

    @get(
        "/{who:str}",
        operation_id="get_user",
        summary="Look one person up",
        responses=answers("not_found"),
    )
    async def show(
        self,
        who: FromPath[str],
        service: NamedDependency[Service],
    ) -> UserView:
        """Look a user up by id or handle."""
        return view_user(await service.run(service.use.get_user, _who(who)))


def _who(raw: str) -> UserId | Handle:
    """Parse an id or a handle; anything else is `NotFound`."""
    try:
        return UserId(parse_uuid(raw, "user")) if len(raw) == 36 else Handle.parse(raw)
    except Invalid:
        raise NotFound from None
