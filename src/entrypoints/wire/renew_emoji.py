"""Write what Parlour knows of emoji, from the data of the npm package `emojibase-data`.

    npm pack emojibase-data && tar -xf emojibase-data-*.tgz
    python -m parlour.entrypoints.wire.renew_emoji package

The facts are those of Unicode (`emoji-test.txt`) and of CLDR (names and keywords).
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import regex

from parlour.entrypoints.wire.unicode_notice import LICENSE

_SOURCE = Path(__file__).parents[2]
DOMAIN = _SOURCE / "domain/messages/emoji_data.py"
PAGE = _SOURCE / "entrypoints/web/ui/emoji-data.txt"

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
TABLE = """\
# The emoji to choose from. A group begins with =. Each emoji is followed by t if it has skin tones
# and by its version if it is young; by its English name and keywords (with a colon: the code that
# people type), and by the Chinese ones. Browsers know the names of the flags of regions.
"""
Entry = dict[str, Any]
Texts = Mapping[str, str | list[str]]

_COMPONENTS = 2  # the group of hair styles and skin tones, which are no emoji alone
_NEEDLESS_STYLE = regex.compile(r"(\p{Emoji_Presentation})\ufe0f")
_FLAG = regex.compile(r"\p{Regional_Indicator}{2}")
_WORD = regex.compile(r"[\w+-]+")
_YOUNG = 13  # versions before are drawn by every font that has colours
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


def table_of(
    english: Iterable[Entry], chinese: Iterable[Entry], codes: Texts, version: str
) -> Iterator[str]:
    """Give the lines of the table of the page; *codes* are the shortcodes of each `hexcode`."""
    translations = {entry["hexcode"]: entry for entry in chinese}
    yield TABLE + "#\n" + ORIGIN.format(version=version) + LICENSE.format(year=2025)
    group = None
    for entry in emoji_in(english):
        if entry["group"] != group:
            group = entry["group"]
            yield f"={group}\n"
        code = codes.get(entry["hexcode"], [])
        texts = (
            ("", "", "", "")
            if _FLAG.fullmatch(entry["emoji"])
            else (
                *_english(entry, [code] if isinstance(code, str) else code),
                *_chinese(translations[entry["hexcode"]]),
            )
        )
        yield "\t".join((_marked(entry), *texts)).rstrip("\t") + "\n"


def _marked(entry: Entry) -> str:
    young = entry["version"] if entry["version"] >= _YOUNG else ""
    return " ".join(
        filter(None, (qualified(entry["emoji"]), "t" * ("skins" in entry), str(young)))
    )


def _english(entry: Entry, codes: list[str]) -> tuple[str, str]:
    """Return the name, and the words that neither it nor another one begins with."""
    name = entry["label"]
    code = next((each for each in codes if each != "_".join(_words(name))), None)
    said = [*_words(name), *_words((code or "").replace("_", " "))]
    tags = [word for tag in (*codes[1:], *entry.get("tags", ())) for word in _words(tag)]
    kept: list[str] = []
    for word in sorted(dict.fromkeys(tags), key=len, reverse=True):
        if not any(other.startswith(word) for other in (*said, *kept)):
            kept.append(word)
    keywords = [f":{code}"] if code else []
    return name, " ".join(keywords + [tag for tag in dict.fromkeys(tags) if tag in kept])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("_", " "))


def _chinese(entry: Entry) -> tuple[str, str]:
    """Return the name, and the keywords that are part of neither it nor another one."""
    name, tags = entry["label"], entry.get("tags", ())
    kept: list[str] = []
    for tag in sorted(tags, key=len, reverse=True):
        if not any(tag in other for other in (name, *kept)):
            kept.append(tag)
    return name, " ".join(tag.replace(" ", "") for tag in tags if tag in kept)


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
    chinese, codes = _read(package, "zh/data.json"), _read(package, "en/shortcodes/github.json")
    DOMAIN.write_text("".join(module_of(english, version)), "utf-8")
    PAGE.write_text("".join(table_of(english, chinese, codes, version)), "utf-8")
