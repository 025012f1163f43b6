"""The application of the control socket; the permissions of its file decide who may use it."""

from litestar import Litestar, get, post, put
from litestar.params import JSONBody

from parlour.entrypoints.http.problems import problem_handlers
from parlour.entrypoints.http.schemas_admin import LevelChange, TraceChange
from parlour.entrypoints.operation.control import Control, LogView, ReloadView
from parlour.entrypoints.shell.service import Service


def create_control_app(service: Service, control: Control) -> Litestar:
    """Return the app of the control socket."""

    @get("/log")
    async def show_log() -> LogView:
        """Return the log levels."""
        return control.show_log()

    @put("/log/levels")
    async def change_level(data: JSONBody[LevelChange]) -> LogView:
        """Set the level of a logger."""
        return control.change_level(data.level, data.logger, data.seconds)

    @put("/log/traces")
    async def change_trace(data: JSONBody[TraceChange]) -> LogView:
        """Start or stop tracing a user."""
        return await control.change_trace(data.user, data.seconds)

    @post("/reload", status_code=200)
    async def reload() -> ReloadView:
        """Reload the configuration."""
        return await control.reload()

    return Litestar(
        route_handlers=[show_log, change_level, change_trace, reload],
        exception_handlers=problem_handlers(service),
        openapi_config=None,
        logging_config=None,
    )
