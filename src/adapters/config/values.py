"""Secrets, and addresses that contain one, which must not be shown by accident."""

import re

import attrs

MASK = "********"

# Greedy, so that a password with an unescaped @ or / is masked completely.
_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):\S*@")


@attrs.frozen(repr=False)
class Secret:
    """A password or key: its repr is a mask, and only `reveal()` returns the text."""

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
    """An address that may contain a password: a str whose repr is masked."""

    __slots__ = ()

    def masked(self) -> str:
        """Return the address with its password masked."""
        return _PASSWORD.sub(rf"\1:{MASK}@", self)

    def __repr__(self) -> str:
        return f"Url({self.masked()!r})"


def holds_secret(value: object) -> bool:
    """Return whether a value contains a secret."""
    if isinstance(value, Url):
        return value != value.masked()
    return isinstance(value, Secret) and bool(value)
