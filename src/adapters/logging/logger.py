"""The logger of Parlour: structlog's interface over a logger of the standard library."""

import logging
import sys
from typing import Any

from structlog import BoundLoggerBase

from parlour.adapters.logging.ports import Log
from parlour.adapters.logging.record import OwnRecord

_DEBUG, _INFO, _WARNING = logging.DEBUG, logging.INFO, logging.WARNING
_ERROR, _CRITICAL = logging.ERROR, logging.CRITICAL


class Logger(BoundLoggerBase, Log):
    """
    Writes an event with fields.

    The logger of the standard library has the level and the handlers; the record carries the
    fields as an attribute. So lines of Parlour and of libraries take the same path.
    """

    _logger: logging.Logger

    def debug(self, event: str, /, **fields: object) -> None:
        if self._logger.isEnabledFor(_DEBUG):
            self._write(_DEBUG, event, fields)

    def info(self, event: str, /, **fields: object) -> None:
        if self._logger.isEnabledFor(_INFO):
            self._write(_INFO, event, fields)

    def warning(self, event: str, /, **fields: object) -> None:
        if self._logger.isEnabledFor(_WARNING):
            self._write(_WARNING, event, fields)

    def error(self, event: str, /, **fields: object) -> None:
        if self._logger.isEnabledFor(_ERROR):
            self._write(_ERROR, event, fields)

    def critical(self, event: str, /, **fields: object) -> None:
        if self._logger.isEnabledFor(_CRITICAL):
            self._write(_CRITICAL, event, fields)

    def exception(self, event: str, /, **fields: object) -> None:
        if self._logger.isEnabledFor(_ERROR):
            self._write(_ERROR, event, {"exc_info": True, **fields})

    def bind(self, /, **fields: object) -> "Logger":
        return Logger(self._logger, (), {**self._context, **fields})

    def _write(self, number: int, event: str, fields: dict[str, Any]) -> None:
        raised = fields.pop("exc_info", None)
        if isinstance(raised, BaseException):
            raised = (type(raised), raised, raised.__traceback__)
        elif raised is True:
            raised = sys.exc_info()
        if self._context:
            fields = {**self._context, **fields}
        self._logger.handle(OwnRecord(self._logger.name, number, event, fields, raised or None))


def get_logger(name: str) -> Log:
    """Return a logger by name, such as `parlour.socket`; works before logging is started, too."""
    return Logger(logging.getLogger(name), processors=(), context={})
