"""Routes that change the node which answers: log levels, traces and reloads."""

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from parlour.domain.administration import Action, Principal
from parlour.entrypoints.http.documentation import answers
from parlour.entrypoints.http.schemas_admin import LevelChange, LogView, ReloadView, TraceChange
from parlour.entrypoints.operation.control import Control
from parlour.entrypoints.shell.service import Service


class NodeControlController(Controller):
    """Changes the node that answers the request; behind a proxy that may be any node."""

    tags = ("Administration",)

    @get(
        "/log",
        operation_id="get_log",
        summary="Show the log levels of this node",
        responses=answers("forbidden"),
    )
    async def show(
        self,
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        control: NamedDependency[Control],
    ) -> LogView:
        """Return the log levels of this node, and the users whose debug lines it logs."""
        await service.run(service.use.check_admin, principal)
        return control.show_log()

    @put(
        "/log/levels",
        operation_id="change_log_level",
        summary="Change the level of a logger of this node",
        responses=answers("forbidden", body=True),
    )
    async def change_level(
        self,
        data: JSONBody[LevelChange],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        control: NamedDependency[Control],
    ) -> LogView:
        """Set the level of a logger on this node, until the next reload or for some seconds."""
        await service.run(service.use.check_admin, principal)
        view = control.change_level(data.level, data.logger, data.seconds)
        await service.run(
            service.use.record_audit,
            principal,
            Action.LOG_CHANGED,
            logger=data.logger,
            level=data.level,
        )
        return view

    @put(
        "/log/traces",
        operation_id="change_log_trace",
        summary="Log the debug lines of one user",
        responses=answers("forbidden", "not_found", body=True),
    )
    async def change_trace(
        self,
        data: JSONBody[TraceChange],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        control: NamedDependency[Control],
    ) -> LogView:
        """Log the debug lines of one user on this node for some seconds; 0 stops it."""
        await service.run(service.use.check_admin, principal)
        view = await control.change_trace(data.user, data.seconds)
        await service.run(
            service.use.record_audit,
            principal,
            Action.LOG_CHANGED,
            user=data.user,
            seconds=round(data.seconds),
        )
        return view

    @post(
        "/reload",
        operation_id="reload",
        summary="Reload the configuration of this node",
        status_code=200,
        responses=answers("forbidden", "conflict"),
    )
    async def reload(
        self,
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        control: NamedDependency[Control],
    ) -> ReloadView:
        """Reload the configuration as SIGHUP does; a wrong one changes nothing."""
        await service.run(service.use.check_admin, principal)
        view = await control.reload()
        await service.run(
            service.use.record_audit,
            principal,
            Action.CONFIG_RELOADED,
            applied=", ".join(view.applied),
        )
        return view
