"""A log record without the attributes that are slow to compute."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from parlour.adapters.logging.cleaning import add_fields
from parlour.adapters.logging.tracebacks import Raised

# Attributes that formatters of the standard library may read.
_UNTOLD: Mapping[str, Any] = {
    **vars(logging.makeLogRecord({})),
    "pathname": "",
    "filename": "",
    "module": "",
    "process": None,
    "processName": "",
    "thread": None,
    "threadName": "",
}


class OwnRecord(logging.LogRecord):
    """
    An event and its fields.

    Thread, process and place in the code are not looked up, which is most of what a record costs;
    they are left blank, so that any handler can still format the record.
    """

    def __init__(
        self,
        name: str,
        number: int,
        event: str,
        fields: Mapping[str, Any],
        raised: Raised | None,
    ) -> None:
        # Deliberately without super().__init__, for the reason above.
        self.__dict__.update(_UNTOLD)
        self.name = name
        self.levelno = number
        self.levelname = logging.getLevelName(number)
        self.msg = event
        self.created = time.time()
        self.fields = fields
        self.exc_info = raised

    def getMessage(self) -> str:  # noqa: N802 -- the standard library's name
        """Return the event and its fields as one text, for the handlers of a host."""
        plain: dict[str, Any] = {}
        add_fields(plain, self.fields)
        return " ".join([str(self.msg), *(f"{name}={value}" for name, value in plain.items())])
