"""How things stand between this node and Redis: said once when it changes, not once a call."""

import logging

log = logging.getLogger(__name__)


class Standing:
    """Knows whether a part of this package has its Redis, and logs when that changes."""

    def __init__(self, part: str) -> None:
        self._part = part
        self.trouble: str | None = None
        self._kind: type[BaseException] | None = None

    def good(self) -> None:
        """Hear that Redis answers."""
        if self._kind is not None:
            log.info("%s: Redis is back", self._part)
        self.trouble = self._kind = None

    def bad(self, error: BaseException) -> None:
        """Hear of a failure; another failure of the same kind is no news."""
        self.trouble = f"{type(error).__name__}: {str(error) or 'no answer in time'}"
        if type(error) is not self._kind:
            self._kind = type(error)
            log.warning("%s: Redis cannot be used (%s)", self._part, self.trouble)
