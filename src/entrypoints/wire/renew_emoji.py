"""Write what Parlour knows of emoji, from the data of the npm package `emojibase-data`.

    npm pack emojibase-data && tar -xf emojibase-data-*.tgz
    python -m parlour.entrypoints.wire.renew_emoji package

The facts are those of Unicode (`emoji-test.txt`) and of CLDR (names and keywords).
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import regex

from parlour.entrypoints.wire.unicode_notice import LICENSE

DOMAIN = Path(__file__).parents[2] / "domain/messages/emoji_data.py"

ORIGIN = """\
# Derived from emojibase-data {version} (MIT License, Copyright (c) 2017-2019 Miles Johnson), which
# is derived from Unicode's emoji-test.txt and CLDR; made by renew_emoji, not by hand.
#
"""
MODULE = '''\
"""The emoji of Unicode as the rule of reactions reads them.

`PLAIN` have no skin tones and `TONED` have five, behind the first character; `COUPLES` are two
people who have one each, as are `UNLIKE`, which exist with two different tones alone.
"""

'''
Entry = dict[str, Any]

_COMPONENTS = 2  # the group of hair styles and skin tones, which are no emoji alone
_NEEDLESS_STYLE = regex.compile(r"(\p{Emoji_Presentation})\ufe0f")
_TONE = regex.compile(r"\p{Emoji_Modifier}")


def emoji_in(data: Iterable[Entry]) -> list[Entry]:
    """Return the entries of `data.json` that are emoji, in Unicode's order."""
    entries = (each for each in data if each.get("group", _COMPONENTS) != _COMPONENTS)
    return sorted(entries, key=lambda each: int(each["order"]))


def qualified(text: str) -> str:
    """Return the emoji *text* without U+FE0F where the character is an emoji without it."""
    return _NEEDLESS_STYLE.sub(r"\1", text)


def module_of(data: Iterable[Entry], version: str) -> Iterator[str]:
    """Give the parts of the module `emoji_data` of the domain."""
    lists: dict[str, list[str]] = {"PLAIN": [], "TONED": [], "COUPLES": [], "UNLIKE": []}
    for entry in emoji_in(data):
        emoji, skins = qualified(entry["emoji"]), entry.get("skins", ())
        mixed = next((each["emoji"] for each in skins if _has_two_tones(each)), None)
        pair = qualified(_TONE.sub("", mixed)) if mixed else None
        if pair == emoji:
            lists["COUPLES"].append(emoji)
            continue
        lists["TONED" if skins else "PLAIN"].append(emoji)
        if pair:
            lists["UNLIKE"].append(pair)
    yield MODULE + ORIGIN.format(version=version) + LICENSE.format(year=2025)
    for name, emoji_list in lists.items():
        yield f'\n{name} = """\n' + "".join(f"{line}\n" for line in wrap(emoji_list)) + '"""\n'


def _has_two_tones(skin: Entry) -> bool:
    return isinstance(skin["tone"], list) and len(set(skin["tone"])) > 1


def wrap(words: Sequence[str], columns: int = 96) -> Iterator[str]:
    """Give lines of *words*, a character of which may take two columns."""
    line = ""
    for word in words:
        if line and 2 * len(line + word) > columns:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


def _read(package: Path, path: str) -> Any:
    return json.loads((package / path).read_text("utf-8"))


if __name__ == "__main__":
    package = Path(sys.argv[1])
    version = _read(package, "package.json")["version"]
    english = _read(package, "en/data.json")
    DOMAIN.write_text("".join(module_of(english, version)), "utf-8")
