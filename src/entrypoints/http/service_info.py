"""What anybody may know of the service before logging in."""

from typing import Literal

from litestar import Controller, get
from litestar.di import NamedDependency

from parlour.entrypoints.http.documentation import answers
from parlour.entrypoints.http.guards import PUBLIC
from parlour.entrypoints.http.schemas import ServiceView
from parlour.entrypoints.shell.service import Service


class ServiceController(Controller):
    """The public description of the service."""

    path = "/service"
    tags = ("Access",)

    @get(
        operation_id="get_service",
        summary="See whether accounts can be made here",
        opt=PUBLIC,
        responses=answers(public=True),
    )
    async def show(self, service: NamedDependency[Service]) -> ServiceView:
        """Return whether registration is open; needs no token and reads no storage."""
        registration: Literal["open", "closed"] = (
            "open" if service.use.register.is_open else "closed"
        )
        return ServiceView(registration)
