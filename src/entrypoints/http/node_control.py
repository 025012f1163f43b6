"""How the node that answers runs: levels of its log, and taking over its configuration."""

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from parlour.domain.administration import Action, Principal
from parlour.entrypoints.http.documentation import answers
from parlour.entrypoints.http.schemas_admin import LevelWanted, LogView, ReloadView, TraceWanted
from parlour.entrypoints.operation.control import Control, LevelChange, TraceChange
from parlour.entrypoints.shell.service import Service


class NodeControlController(Controller):
    """The node that answers, and no other: behind a proxy that may be any of them."""

    tags = ("Administration",)

    @get(
        "/log",
        operation_id="get_log",
        summary="See how much the log of this node says",
        responses=answers("forbidden"),
    )
    async def show(
        self,
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        control: NamedDependency[Control],
    ) -> LogView:
        """Tell the levels of loggers and whose debug lines come through, on this node."""
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
        data: JSONBody[LevelWanted],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        control: NamedDependency[Control],
    ) -> LogView:
        """Set the level of a logger on this node, for good (until a reload) or for a while."""
        await service.run(service.use.check_admin, principal)
        view = control.change_level(LevelChange(data.level, data.logger, data.seconds))
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
        summary="Let the debug lines of one user through",
        responses=answers("forbidden", "not_found", body=True),
    )
    async def change_trace(
        self,
        data: JSONBody[TraceWanted],
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        control: NamedDependency[Control],
    ) -> LogView:
        """Write the debug lines of one user on this node for a while, or stop that."""
        await service.run(service.use.check_admin, principal)
        view = await control.change_trace(TraceChange(data.user, data.seconds))
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
        summary="Take over what changed in the configuration of this node",
        status_code=200,
        responses=answers("forbidden", "conflict"),
    )
    async def reload(
        self,
        service: NamedDependency[Service],
        principal: NamedDependency[Principal],
        control: NamedDependency[Control],
    ) -> ReloadView:
        """Take the configuration over as SIGHUP does; one that is wrong changes nothing."""
        await service.run(service.use.check_admin, principal)
        view = await control.reload()
        await service.run(
            service.use.record_audit,
            principal,
            Action.CONFIG_RELOADED,
            applied=", ".join(view.applied),
        )
        return view
