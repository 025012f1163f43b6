"""Finds a backend by the import path of its factory, Parlour's own and those of others."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


class BackendNotFound(Exception):
    """The configuration names a factory that cannot be imported."""


def is_import_path(name: str) -> bool:
    """Return whether *name* is `package.module:factory` and not the name of a built-in backend."""
    return ":" in name


def build(factory_path: str, /, *args: Any, **options: Any) -> Any:
    """Import a factory by its path and call it. Backends that are not used are never imported.

    Raises `BackendNotFound`, with the reason.
    """
    module, _, name = factory_path.partition(":")
    try:
        factory: Callable[..., Any] = getattr(import_module(module), name)
    except ImportError as error:
        raise BackendNotFound(f"{factory_path} cannot be imported: {error}") from error
    except AttributeError:
        raise BackendNotFound(f"{module} has no {name}") from None
    return factory(*args, **options)
