"""Values that must not be seen by accident: secrets, and addresses that carry one."""

import re

import attrs

MASK = "********"

# Greedy: a password with an unescaped @ or / is still masked whole.
_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):\S*@")


@attrs.frozen(repr=False)
class Secret:
    """A password or key: it prints as a mask, and `reveal()` is the only way to its text."""

    _text: str = ""

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return f"Secret({MASK if self._text else ''!r})"

    __str__ = __repr__


class Url(str):
    """An address that may hold a password: it is text, but its `repr` is masked."""

    __slots__ = ()

    def masked(self) -> str:
        """Return the address with a mask where the password stands."""
        return _PASSWORD.sub(rf"\1:{MASK}@", self)

    def __repr__(self) -> str:
        return f"Url({self.masked()!r})"


def holds_secret(value: object) -> bool:
    """Say whether there is something in a value that must not be seen."""
    if isinstance(value, Url):
        return value != value.masked()
    return isinstance(value, Secret) and bool(value)
