"""Finds a backend by the name of its factory, ours and other people's alike."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


class NoSuchBackend(Exception):
    """The configuration names a factory that cannot be found."""


def is_path(name: str) -> bool:
    """Tell whether *name* is `package.module:factory` rather than a word of ours."""
    return ":" in name


def build(factory_path: str, /, *args: Any, **options: Any) -> Any:
    """Call the factory at a path, imported only now: nobody needs the libraries of other backends.

    Raises `NoSuchBackend`, with the reason, where the module or the factory is not there.
    """
    module, _, name = factory_path.partition(":")
    try:
        factory: Callable[..., Any] = getattr(import_module(module), name)
    except ImportError as error:
        raise NoSuchBackend(f"{factory_path} cannot be imported: {error}") from error
    except AttributeError:
        raise NoSuchBackend(f"{module} has no {name}") from None
    return factory(*args, **options)
