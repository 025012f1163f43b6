"""Registration, login, logout, token refresh and password change."""

from contextlib import suppress

from litestar import Controller, Response, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody

from parlour.domain.access import DeviceInfo, Ended, Grant, Identity, Password
from parlour.domain.kernel.errors import Invalid, NotFound, Unauthenticated
from parlour.domain.kernel.time import rfc3339
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.http.bodies import StrictRequest
from parlour.entrypoints.http.cookies import RefreshCookie
from parlour.entrypoints.http.documentation import answers
from parlour.entrypoints.http.guards import PUBLIC, address_of
from parlour.entrypoints.http.schemas import (
    Login,
    LoginDevice,
    NewPassword,
    Registration,
    Renewal,
    TokensView,
)
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.views import view_me


class AuthController(Controller):
    """Issues and revokes tokens."""

    path = "/auth"
    tags = ("Access",)

    @post(
        "/register",
        operation_id="register",
        summary="Make an account and log in",
        opt=PUBLIC,
        responses=answers("forbidden", "handle_taken", public=True, body=True),
    )
    async def register(
        self,
        request: StrictRequest,
        data: JSONBody[Registration],
        service: NamedDependency[Service],
        refresh_cookie: NamedDependency[RefreshCookie],
    ) -> Response[TokensView]:
        """Create an account and log in; the display name defaults to the handle."""
        await service.limits.registration(address_of(request, service))
        if data.cookie:
            refresh_cookie.require_page(request)
        handle = Handle.parse(data.handle)
        grant = await service.run_hashing(
            service.use.register,
            handle=handle,
            display_name=DisplayName.parse(data.display_name or handle.value),
            password=Password.parse(data.password),
            device=_device(data.device),
        )
        return _granted(
            grant, refresh_cookie.give(request, grant) if data.cookie else None, status=201
        )

    @post(
        "/login",
        operation_id="login",
        summary="Log in on a new device",
        status_code=200,
        opt=PUBLIC,
        responses=answers("unauthenticated", "forbidden", public=True, body=True),
    )
    async def login(
        self,
        request: StrictRequest,
        data: JSONBody[Login],
        service: NamedDependency[Service],
        refresh_cookie: NamedDependency[RefreshCookie],
    ) -> Response[TokensView]:
        """Log in; the answer does not say whether handle or password is wrong."""
        await service.limits.login(address_of(request, service), data.handle)
        if data.cookie:
            refresh_cookie.require_page(request)
        handle = None
        with suppress(Invalid):
            handle = Handle.parse(data.handle)
        grant = await service.run_hashing(
            service.use.log_in,
            handle=handle,
            password=Password.given(data.password),
            device=_device(data.device),
        )
        return _granted(
            grant, refresh_cookie.give(request, grant) if data.cookie else None, status=200
        )

    @post(
        "/refresh",
        operation_id="refresh",
        summary="Exchange a refresh token for the next",
        status_code=200,
        opt=PUBLIC,
        responses=answers("unauthenticated", "token_expired", "forbidden", public=True, body=True),
    )
    async def refresh(
        self,
        request: StrictRequest,
        data: JSONBody[Renewal],
        service: NamedDependency[Service],
        refresh_cookie: NamedDependency[RefreshCookie],
    ) -> Response[TokensView]:
        """Exchange a refresh token; reuse after its successor was used logs the device out."""
        token = data.refresh_token or refresh_cookie.read(request)
        if token is None:
            raise Unauthenticated
        granted = await service.run(service.use.refresh, token)
        if isinstance(granted, Ended):
            service.disconnect(granted)
            raise Unauthenticated
        cookie = None if data.refresh_token else refresh_cookie.give(request, granted)
        return _granted(granted, cookie, status=200)

    @post(
        "/logout",
        operation_id="logout",
        summary="Log this device out",
        status_code=204,
        responses=answers(),
    )
    async def logout(
        self,
        request: StrictRequest,
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        refresh_cookie: NamedDependency[RefreshCookie],
    ) -> Response[None]:
        """Log this device out: its tokens become invalid and its sockets close."""
        with suppress(NotFound):  # already logged out
            service.disconnect(await service.run(service.use.end_device, me.user, me.device))
        return Response(None, status_code=204, cookies=refresh_cookie.clear(request))

    @post(
        "/password",
        operation_id="change_password",
        summary="Change one's own password",
        status_code=204,
        responses=answers(body=True),
    )
    async def change_password(
        self,
        data: JSONBody[NewPassword],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> None:
        """Change the password and log out every other device."""
        await service.limits.password_change(me.user)
        old = Password.given(data.old_password, "old_password")
        new = Password.parse(data.new_password, "new_password")
        ended = await service.run_hashing(service.use.change_password, me, old=old, new=new)
        service.disconnect(ended)


def _granted(grant: Grant, cookie: Cookie | None, *, status: int) -> Response[TokensView]:
    """Return the tokens; the refresh token is left out if a *cookie* holds it."""
    view = TokensView(
        user=view_me(grant.user),
        device=grant.device,
        access_token=grant.access_token,
        access_expires_at=rfc3339(grant.access_expires_at),
        refresh_expires_at=rfc3339(grant.refresh_expires_at),
        refresh_token=None if cookie else grant.refresh_token,
    )
    return Response(view, status_code=status, cookies=[cookie] if cookie else None)


def _device(given: LoginDevice | None) -> DeviceInfo:
    return DeviceInfo.parse(given.name, given.platform) if given else DeviceInfo()
