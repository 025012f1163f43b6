"""Administration: accounts, sessions, inspection of conversations, the audit log."""

from typing import Annotated
from uuid import UUID

import attrs
from litestar import Controller, Router, delete, get, patch, post, put
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from parlour.domain.access import Password
from parlour.domain.administration import Principal
from parlour.domain.kernel.errors import Forbidden, Unavailable
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.users import DisplayName, Handle, UserRole
from parlour.entrypoints.http.bodies import StrictRequest
from parlour.entrypoints.http.documentation import CURSOR, answers, at_most
from parlour.entrypoints.http.guards import address_of, identity_of
from parlour.entrypoints.http.node_control import NodeControlController
from parlour.entrypoints.http.schemas_admin import (
    AccountChange,
    AccountPassword,
    AccountsView,
    AccountView,
    AuditView,
    InspectedView,
    NewAccount,
    SessionsView,
    TotalsView,
    view_account,
    view_audit,
    view_inspected,
    view_session,
)
from parlour.entrypoints.http.uncopied_router import UncopiedRouter
from parlour.entrypoints.operation.control import Control
from parlour.entrypoints.shell.service import Service


def administration(service: Service, control: Control | None) -> Router:
    """Return the routes for the role admin; others get 403 whatever they ask."""

    def principal(request: StrictRequest) -> Principal:
        return Principal(identity_of(request.scope).user, address_of(request, service))

    def running() -> Control:
        if control is None:
            raise Unavailable("This process cannot be controlled while it runs")
        return control

    return UncopiedRouter(
        "/admin",
        route_handlers=[AccountsController, InspectionController, NodeControlController],
        guards=[_admins_alone],
        dependencies={
            "principal": Provide(principal, sync_to_thread=False),
            "control": Provide(running, sync_to_thread=False),
        },
    )


def _admins_alone(connection: ASGIConnection, _handler: BaseRouteHandler) -> None:  # type: ignore[type-arg] # the form of a guard
    # The domain checks again against the storage; this comes before the request is parsed.
    if connection.scope.get("method") != "OPTIONS":
        identity = identity_of(connection.scope)
        if identity.role is not UserRole.ADMIN:
            raise Forbidden


class AccountsController(Controller):
    """Accounts and their sessions."""

    path = "/users"
    tags = ("Administration",)

    @get(
        operation_id="list_accounts",
        summary="List accounts",
        responses=answers("forbidden", "invalid"),
    )
    async def find(
        self,
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        *,
        prefix: Annotated[
            str, QueryParameter(description="The beginning of a handle; all where missing.")
        ] = "",
        limit: Annotated[int | None, at_most(100, default=50)] = None,
        cursor: Annotated[str | None, CURSOR] = None,
    ) -> AccountsView:
        """List accounts, disabled ones included, ordered by handle."""
        page = await service.run(
            service.use.find_accounts, principal, prefix, cursor=cursor, limit=limit
        )
        return AccountsView([view_account(user) for user in page.users], page.next)

    @post(
        operation_id="add_account",
        summary="Make an account",
        status_code=201,
        responses=answers("forbidden", "handle_taken", body=True),
    )
    async def add(
        self,
        data: JSONBody[NewAccount],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
    ) -> AccountView:
        """Create an account, even while registration is closed."""
        handle = Handle.parse(data.handle)
        user = await service.run_hashing(
            service.use.add_account,
            principal,
            handle=handle,
            display_name=DisplayName.parse(data.display_name or handle.value),
            password=Password.parse(data.password),
            role=UserRole(data.role),
        )
        return view_account(user)

    @get(
        "/{user:uuid}",
        operation_id="get_account",
        summary="See an account",
        responses=answers("forbidden", "not_found"),
    )
    async def show(
        self,
        user: FromPath[UUID],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
    ) -> AccountView:
        """Return an account."""
        return view_account(await service.run(service.use.find_account, principal, UserId(user)))

    @patch(
        "/{user:uuid}",
        operation_id="switch_account",
        summary="Disable an account, or enable it again",
        responses=answers("forbidden", "not_found", "conflict", body=True),
    )
    async def switch(
        self,
        user: FromPath[UUID],
        data: JSONBody[AccountChange],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
    ) -> AccountView:
        """Disable an account: its sessions end and its sockets close within a second."""
        account, ended = await service.run(
            service.use.set_account_disabled, principal, UserId(user), disabled=data.disabled
        )
        service.disconnect(ended)
        return view_account(account)

    @put(
        "/{user:uuid}/password",
        operation_id="reset_password",
        summary="Give an account another password",
        status_code=204,
        responses=answers("forbidden", "not_found", "conflict", body=True),
    )
    async def reset_password(
        self,
        user: FromPath[UUID],
        data: JSONBody[AccountPassword],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
    ) -> None:
        """Reset a user's password and end all their sessions; not for the caller's own."""
        password = Password.parse(data.password)
        service.disconnect(
            await service.run_hashing(
                service.use.reset_password, principal, UserId(user), password
            )
        )

    @get(
        "/{user:uuid}/sessions",
        operation_id="list_sessions",
        summary="List the sessions of somebody",
        responses=answers("forbidden", "not_found"),
    )
    async def sessions(
        self,
        user: FromPath[UUID],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
    ) -> SessionsView:
        """List the devices on which a user is logged in, newest first."""
        found = await service.run(service.use.list_sessions, principal, UserId(user))
        return SessionsView([view_session(device) for device in found])

    @delete(
        "/{user:uuid}/sessions",
        operation_id="log_out_everywhere",
        summary="Log somebody out everywhere",
        status_code=204,
        responses=answers("forbidden", "not_found"),
    )
    async def log_out(
        self,
        user: FromPath[UUID],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
    ) -> None:
        """End every session of a user; their sockets close within a second."""
        service.disconnect(
            await service.run(service.use.log_out_everywhere, principal, UserId(user))
        )


class InspectionController(Controller):
    """Inspection of conversations, counts, and the audit log."""

    tags = ("Administration",)

    @get(
        "/conversations/{conversation:uuid}",
        operation_id="inspect_conversation",
        summary="Look at a conversation from outside",
        responses=answers("forbidden", "not_found", "invalid"),
    )
    async def inspect(
        self,
        conversation: FromPath[UUID],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        *,
        limit: Annotated[int | None, at_most(100, default=100)] = None,
        cursor: Annotated[str | None, CURSOR] = None,
    ) -> InspectedView:
        """Show counts and members, never title or content. The inspection is audited."""
        seen = await service.run(
            service.use.inspect_conversation,
            principal,
            ConversationId(conversation),
            cursor=cursor,
            limit=limit,
        )
        return view_inspected(seen)

    @get(
        "/statistics",
        operation_id="get_statistics",
        summary="Count what there is",
        responses=answers("forbidden"),
    )
    async def statistics(
        self, service: NamedDependency[Service], principal: NamedDependency[Principal]
    ) -> TotalsView:
        """Count users, sessions, conversations and messages; scans whole tables."""
        totals = await service.run(service.use.count_all, principal)
        return TotalsView(**attrs.asdict(totals))

    @get(
        "/audit",
        operation_id="read_audit",
        summary="Read what was done",
        responses=answers("forbidden", "invalid"),
    )
    async def audit(
        self,
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        *,
        limit: Annotated[int | None, at_most(100, default=50)] = None,
        cursor: Annotated[str | None, CURSOR] = None,
    ) -> AuditView:
        """Read the audit log, newest first."""
        page = await service.run(service.use.read_audit, principal, cursor=cursor, limit=limit)
        return view_audit(page)
