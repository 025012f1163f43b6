"""A router for one application."""

from typing import Any, Self

from litestar import Router


class UncopiedRouter(Router):
    """A router that is registered once, and therefore not copied.

    Litestar copies routers, with every example of their documentation, because they may be
    registered in several places: a fifth of the time that it takes to make an application.
    """

    __slots__ = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return the router itself."""
        return self
