"""How things stand between this node and Redis: said once when it changes, not once a call."""

import logging

log = logging.getLogger(__name__)


class Standing:
    """Knows whether a part of this package has its Redis, and logs when that changes."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._told: set[type[BaseException]] = set()
        self.trouble: str | None = None

    def good(self) -> None:
        """Hear that Redis answers."""
        self.trouble = None
        if self._told:
            self._told.clear()
            log.info("%s: Redis is back", self._part)

    def bad(self, error: BaseException) -> None:
        """Hear of a failure; until Redis is back, another one of its kind is no news."""
        self.trouble = f"{type(error).__name__}: {str(error) or 'no answer in time'}"
        if type(error) not in self._told:
            self._told.add(type(error))
            log.warning("%s: Redis cannot be used (%s)", self._part, self.trouble)
