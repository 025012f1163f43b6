"""Taking over a changed configuration while the service runs."""

import asyncio
from collections.abc import Callable

import attrs

from parlour.adapters.config import ConfigError, Loaded, changes
from parlour.adapters.logging import Logging, get_logger
from parlour.entrypoints.shell.service import Service

Load = Callable[[], Loaded]
"""Loads the configuration anew from where it came; raises `ConfigError`."""

log = get_logger("parlour.config")


class CannotReload(Exception):
    """There is nothing to load the configuration from."""


@attrs.frozen
class Reloaded:
    """The keys that were taken over, and those that wait for a restart."""

    applied: tuple[str, ...]
    needs_restart: tuple[str, ...]


class Reloader:
    """Loads the configuration again and applies what may change while the service runs.

    Without *load* there is nothing to load; without *logging* levels stay as they are.
    """

    def __init__(
        self, service: Service, *, load: Load | None = None, logging: Logging | None = None
    ) -> None:
        self._service = service
        self._load = load
        self._logging = logging
        self._one_at_a_time = asyncio.Lock()

    async def reload(self) -> Reloaded:
        """Apply what changed since the start or the last call, and say so in the log.

        Raises `ConfigError` where anything is wrong, `CannotReload` where there is no source;
        then nothing has changed.
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
            log.warning("configuration deserves a second look", warning=str(warning))
        if found.needs_restart:
            log.warning("configuration needs a restart", keys=list(found.needs_restart))
        log.info("configuration reloaded", applied=list(found.reloadable))
        return Reloaded(found.reloadable, found.needs_restart)
