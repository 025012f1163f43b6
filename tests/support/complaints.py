"""What no fault excuses in the log of a node."""

from collections.abc import Collection

COMPLAINTS = ("Traceback", "never retrieved", "Packet sequence")
"""An error that nobody expected, a task that nobody waited for, another one's answer on a line."""


def complaints(log: str, excused: Collection[str] = ()) -> list[str]:
    """Return the lines that say that something went wrong in a way that it never may.

    A line is excused where it holds one of *excused*, the words of what a fault causes rightly.
    """
    return [
        line
        for line in log.splitlines()
        if any(each in line for each in COMPLAINTS) and not any(each in line for each in excused)
    ]
