"""Names that look alike: the skeletons of UTS 39, and words that mix alphabets.

Two names with the same skeleton can hardly be told apart. A service that showed a user everybody
whose name looks like another's would tell strangers who has an account; so each user is sent with
their skeletons, and clients compare those that they know.
"""

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import regex

from parlour.domain.kernel.text import fold_case
from parlour.domain.users import User

# Alphabets whose letters look like those of another one of them. Other scripts stand beside Latin
# letters in honest names: Han, Kana, Hangul, Thai (UTS 39, "moderately restrictive").
_ALPHABETS = tuple(
    regex.compile(rf"(?V1)[\p{{L}}&&\p{{Script={name}}}]")
    for name in ("Latin", "Cyrillic", "Greek", "Armenian", "Coptic", "Cherokee", "Lisu")
)
_WORD = regex.compile(r"[\p{L}\p{M}]+")
# A page of members shows a hundred names, and lists show the same names again and again.
_remember = lru_cache(maxsize=4096)


def skeletons(user: User) -> list[str]:
    """Return what the handle and the display name of *user* look like, each skeleton once."""
    names = (user.handle.value, user.display_name.value)
    return list(dict.fromkeys(map(skeleton, names)))


@_remember
def skeleton(name: str) -> str:
    """Return what *name* looks like, whatever the case: to compare, not to show.

    Each character is replaced by the one that it can be confused with (UTS 39, section 4), as it
    is and in lower case. I is an l to the eye and an i to whoever ignores case: all three are l.
    """
    prototypes = _prototypes()
    for _ in range(2):
        name = fold_case(unicodedata.normalize("NFKD", name).translate(prototypes))
    return name.replace("i", "l")


@_remember
def mixes_alphabets(name: str) -> bool:
    """Whether a word of *name* has letters of several alphabets that look alike."""
    if name.isascii():
        return False
    words = _WORD.findall(name)
    return any(sum(bool(each.search(word)) for each in _ALPHABETS) > 1 for word in words)


@cache
def _prototypes() -> dict[int, str]:
    """Read the table of confusable characters, which `renew_confusables` writes."""
    table = (files(__package__) / "confusables.txt").read_text("utf-8")
    entries = (line.split() for line in table.splitlines() if not line.startswith("#"))
    return {int(source, 16): _text(target) for source, *target in entries}


def _text(codes: list[str]) -> str:
    return "".join(chr(int(code, 16)) for code in codes)
