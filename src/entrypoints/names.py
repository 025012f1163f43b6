"""
The fence around our import names: `domain`, `adapters` and `entrypoints` are common words.

Packages of these names exist. Where one of them shares an environment with Parlour, an installer
says nothing and one of the two is silently shadowed or overwritten, so the program looks at its
own names before it does anything else.
"""

from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

DISTRIBUTION = "parlour"
ROOMS = ("domain", "adapters", "entrypoints")

_HOME = Path(__file__).resolve().parent.parent


class NamesTaken(Exception):
    """One of our import names belongs to somebody else in this environment."""


def check_names() -> None:
    """
    Make sure that all three rooms are ours alone.

    Raises:
        NamesTaken: one is not; the message says which, whose it is, and the way out.
    """
    owners = packages_distributions()
    for room in ROOMS:
        spec = find_spec(room)
        places = spec.submodule_search_locations if spec else None
        if not places or [Path(place).resolve() for place in places] != [_HOME / room]:
            where = spec.origin if spec else None
            raise NamesTaken(_message(room, f"is imported from {where or 'nowhere'}"))
        if others := sorted(set(owners.get(room, ())) - {DISTRIBUTION}):
            raise NamesTaken(_message(room, f"also belongs to the package {', '.join(others)}"))


def _message(room: str, finding: str) -> str:
    return (
        f"the import name '{room}' of Parlour {finding}. Parlour needs an environment of its own: "
        f"install it into a fresh one (python3 -m venv), or uninstall the other package here."
    )
