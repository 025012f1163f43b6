"""The record of a line of our own: one of the standard library's, without what takes time."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from adapters.logging.tracebacks import Raised


class OwnRecord(logging.LogRecord):
    """
    An event and its fields.

    Thread, process and place in the code are not looked up, which is most of what a record costs;
    the class stands in for them, so that any handler can still format it.
    """

    args = ()
    exc_text = None
    filename = funcName = module = pathname = ""  # noqa: N815 -- the standard library's names
    lineno = 0
    msecs = relativeCreated = 0.0  # noqa: N815
    process = thread = taskName = None  # noqa: N815
    processName = threadName = ""  # noqa: N815
    stack_info = None

    def __init__(
        self,
        name: str,
        number: int,
        event: str,
        fields: Mapping[str, Any],
        raised: Raised | None,
    ) -> None:
        # Deliberately without super().__init__, for the reason above.
        self.name = name
        self.levelno = number
        self.levelname = logging.getLevelName(number)
        self.msg = event
        self.created = time.time()
        self.fields = fields
        self.exc_info = raised
