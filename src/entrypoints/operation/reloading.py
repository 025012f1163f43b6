"""Reloads the configuration while the service runs."""

import asyncio
from collections.abc import Callable

import attrs

from parlour.adapters.config import ConfigError, Loaded, changes
from parlour.adapters.logging import LoggingSubsystem, get_logger
from parlour.entrypoints.shell.service import Service

Load = Callable[[], Loaded]
"""Loads the configuration again from its sources; raises `ConfigError`."""

log = get_logger("parlour.config")


class CannotReload(Exception):
    """There is nothing to load the configuration from."""


@attrs.frozen
class Reloaded:
    """The keys that were applied, and those that need a restart."""

    applied: tuple[str, ...]
    needs_restart: tuple[str, ...]


class Reloader:
    """Loads the configuration again and applies the keys that may change at run time.

    Without *load* a reload is refused; without *logging* the log levels stay as they are.
    """

    def __init__(
        self,
        service: Service,
        *,
        load: Load | None = None,
        logging: LoggingSubsystem | None = None,
    ) -> None:
        self._service = service
        self._load = load
        self._logging = logging
        self._one_at_a_time = asyncio.Lock()

    async def reload(self) -> Reloaded:
        """Apply what changed since the start or the last reload, and log it.

        Raises `ConfigError` if anything is wrong and `CannotReload` if there is no source; then
        nothing has changed.
        """
        if self._load is None:
            raise CannotReload("This process was started without a source of its configuration")
        async with self._one_at_a_time:
            try:
                loaded = await asyncio.to_thread(self._load)
            except ConfigError as error:
                self._refuse(error)
                raise
            return self._apply(loaded)

    def _refuse(self, error: ConfigError) -> None:
        problems = [str(problem) for problem in error.problems]
        log.error("configuration is wrong, nothing has changed", problems=problems)

    def _apply(self, loaded: Loaded) -> Reloaded:
        found = changes(self._service.settings, loaded.settings)
        self._service.reconfigure(loaded.settings)
        if self._logging is not None:
            self._logging.reload(self._service.settings.logging)
        for warning in loaded.warnings:
            log.warning("configuration warning", warning=str(warning))
        if found.needs_restart:
            log.warning("configuration needs a restart", keys=list(found.needs_restart))
        log.info("configuration reloaded", applied=list(found.reloadable))
        return Reloaded(found.reloadable, found.needs_restart)
