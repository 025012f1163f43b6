"""The HTTP routes of a service: the API below `/v1` and its reference."""

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from parlour.entrypoints.http.administration import administration
from parlour.entrypoints.http.auth import AuthController
from parlour.entrypoints.http.bodies import MAX_BYTES, StrictRequest
from parlour.entrypoints.http.conversations import ConversationsController, MembersController
from parlour.entrypoints.http.cookies import RefreshCookie
from parlour.entrypoints.http.forwarding import ForwardingController
from parlour.entrypoints.http.guards import admit, identity_of
from parlour.entrypoints.http.headers import securing
from parlour.entrypoints.http.marks import MarksController
from parlour.entrypoints.http.messages import MessagesController
from parlour.entrypoints.http.notifications import NotificationsController, PushController
from parlour.entrypoints.http.own_view import OwnViewController
from parlour.entrypoints.http.pins import PinsController
from parlour.entrypoints.http.reactions import ReactionsController
from parlour.entrypoints.http.reference import reference_routes
from parlour.entrypoints.http.service_info import ServiceController
from parlour.entrypoints.http.sync import SyncController
from parlour.entrypoints.http.uncopied_router import UncopiedRouter
from parlour.entrypoints.http.users import DevicesController, MeController, UsersController
from parlour.entrypoints.operation.control import Control
from parlour.entrypoints.shell.service import Service


def routes(service: Service, control: Control | None = None) -> list[ControllerRouterHandler]:
    """Return the API and the reference; the app needs `problem_handlers` as well.

    *control* runs the node for admins, where it is a process of its own.
    """
    return [api(service, control), reference_routes(service.settings, lambda: api(service))]


def api(service: Service, control: Control | None = None) -> Router:
    """Return the routes of version 1."""
    refresh_cookie = RefreshCookie(service)

    return UncopiedRouter(
        "/v1",
        route_handlers=[
            ServiceController,
            AuthController,
            DevicesController,
            MeController,
            UsersController,
            ConversationsController,
            MembersController,
            MessagesController,
            ReactionsController,
            PinsController,
            ForwardingController,
            OwnViewController,
            MarksController,
            SyncController,
            NotificationsController,
            PushController,
            administration(service, control),
        ],
        guards=[admit(service)],
        dependencies={
            "service": Provide(lambda: service, sync_to_thread=False),
            "refresh_cookie": Provide(lambda: refresh_cookie, sync_to_thread=False),
            "me": Provide(identity_of, sync_to_thread=False),
        },
        after_request=securing(service.settings),
        request_class=StrictRequest,
        request_max_body_size=MAX_BYTES,
        security=[{"bearer": []}],
    )
