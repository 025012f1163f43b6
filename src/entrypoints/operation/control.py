"""Changes a running node: log levels, traced users, and reloading the configuration.

The control socket of the command line and the administration API both use `Control`, with the same
response bodies.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from parlour.adapters.config import ConfigError
from parlour.adapters.config.logger_names import require_logger
from parlour.adapters.logging import LoggingSubsystem, get_logger
from parlour.domain.kernel.errors import Conflict, Invalid
from parlour.domain.kernel.ids import UserId, parse_uuid
from parlour.domain.kernel.time import rfc3339
from parlour.domain.users import Handle
from parlour.entrypoints.operation.reloading import CannotReload, Reloader
from parlour.entrypoints.shell.service import Service

MAX_DURATION = timedelta(days=7)
"""The longest time for a level or a trace; what lasts longer belongs into the configuration."""

log = get_logger("parlour.control")


class LevelView(Struct, omit_defaults=True):
    """The level of a logger; `until` where it is temporary."""

    logger: str
    level: str
    until: str | None = None


class TracedView(Struct):
    """A user whose debug lines are logged, and until when."""

    user: str
    until: str


class LogView(Struct):
    """The present log levels; a logger that is not named has the level of the one above it."""

    levels: list[LevelView]
    traced: list[TracedView]
    written: int
    dropped: int


class ReloadView(Struct):
    """The keys that were applied, and those that need a restart."""

    applied: list[str]
    needs_restart: list[str]


class ConfigurationWrong(Conflict):
    """The configuration cannot be used; nothing has changed."""

    title = "The configuration is wrong, and nothing has changed"


class Control:
    """Shows and changes how a node runs; its errors can be shown to clients as they are."""

    def __init__(self, service: Service, logging: LoggingSubsystem, reloader: Reloader) -> None:
        self._service = service
        self._logging = logging
        self._reloader = reloader

    def show_log(self) -> LogView:
        """Return the log levels, the traced users and the counters of the log."""
        levels = self._logging.levels
        return LogView(
            levels=[
                LevelView(each.logger, each.level, _moment(each.until))
                for each in levels.current()
            ],
            traced=[TracedView(each.user, rfc3339(each.until)) for each in levels.traced()],
            written=self._logging.written,
            dropped=self._logging.dropped,
        )

    def change_level(self, level: str, logger: str, seconds: float | None = None) -> LogView:
        """Set the level of a logger, until the next reload or for *seconds*; raise `Invalid`."""
        for_ = None if seconds is None else _duration(seconds)
        try:
            require_logger(logger)
        except ValueError as error:
            raise Invalid(str(error)) from None
        try:
            self._logging.levels.set(logger, level, for_)
        except ValueError as error:
            raise Invalid(str(error)) from None
        log.info("level changed", name=logger, to=level, seconds=seconds)
        return self.show_log()

    async def change_trace(self, user: str, seconds: float) -> LogView:
        """Log the debug lines of *user* (handle or id) for *seconds*; 0 stops it.

        Raises `Invalid`, or `NotFound` for an unknown user.
        """
        traced = str(await self._find(user))
        if seconds:
            self._logging.levels.trace(traced, _duration(seconds))
        else:
            self._logging.levels.untrace(traced)
        log.info("trace changed", who=traced, seconds=seconds)
        return self.show_log()

    async def reload(self) -> ReloadView:
        """Reload the configuration; raise `ConfigurationWrong`."""
        try:
            found = await self._reloader.reload()
        except (ConfigError, CannotReload) as error:
            raise ConfigurationWrong(str(error)) from None
        return ReloadView(list(found.applied), list(found.needs_restart))

    async def _find(self, user: str) -> UserId:
        try:
            wanted: UserId | Handle = UserId(parse_uuid(user, "user"))
        except Invalid:
            wanted = Handle.parse(user)
        found = await self._service.run(self._service.use.get_user, wanted)
        return found.id


def _duration(seconds: float) -> timedelta:
    if not 0 < seconds <= MAX_DURATION.total_seconds():
        raise Invalid(f"must be more than 0 and at most {MAX_DURATION.days} days", field="seconds")
    return timedelta(seconds=seconds)


def _moment(until: datetime | None) -> str | None:
    return None if until is None else rfc3339(until)
