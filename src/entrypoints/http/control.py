"""The control socket: who may open the file may run the node. No token, no network."""

from litestar import Litestar, get, post, put
from litestar.params import JSONBody

from parlour.entrypoints.http.problems import problem_handlers
from parlour.entrypoints.operation.control import (
    Control,
    LevelChange,
    LogView,
    ReloadView,
    TraceChange,
)
from parlour.entrypoints.shell.service import Service


def create_control_app(service: Service, control: Control) -> Litestar:
    """Return the app of the control socket."""

    @get("/log")
    async def show_log() -> LogView:
        """Tell how much the log says."""
        return control.show_log()

    @put("/log/levels")
    async def change_level(data: JSONBody[LevelChange]) -> LogView:
        """Set the level of a logger."""
        return control.change_level(data)

    @put("/log/traces")
    async def change_trace(data: JSONBody[TraceChange]) -> LogView:
        """Trace a user, or stop that."""
        return await control.change_trace(data)

    @post("/reload", status_code=200)
    async def reload() -> ReloadView:
        """Take over what changed in the configuration."""
        return await control.reload()

    return Litestar(
        route_handlers=[show_log, change_level, change_trace, reload],
        exception_handlers=problem_handlers(service),
        openapi_config=None,
        logging_config=None,
    )
