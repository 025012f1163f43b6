"""Secrets that lie in files of their own, as containers and service managers hand them over."""

import stat
from pathlib import Path

_LONGEST = 64 * 1024


def read_secret(path: Path) -> str:
    """
    Return the text of the file without the white space around it.

    Raises:
        ValueError: it cannot be read or holds no secret; ends the sentence "the file PATH …".
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
        text = content.decode().strip()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("must be text in UTF-8") from None
    if not text:
        raise ValueError("must hold the secret, and is empty")
    if len(content) > _LONGEST:
        raise ValueError("is too long for a secret")
    return text


def is_world_readable(path: Path) -> bool:
    """Say whether users beside the owner and the group may read the file."""
    return bool(path.stat().st_mode & stat.S_IROTH)
