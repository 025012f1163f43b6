"""Whom a text mentions: members whose handle follows an at sign, but not in code or addresses.

The page shows the same as code, links and mail addresses: the cases of `tests/cases/mentions.json`
hold both to the same results. Time is linear in the length of the text.
"""

import re
import string
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter

import attrs
import regex

from parlour.domain.kernel.ids import UserId
from parlour.domain.messages.links import find_links
from parlour.domain.messages.model import EVERYONE, MAX_MENTIONS, Content
from parlour.domain.users import Handle

# Scripts that are written without spaces, or with endings directly after a name.
_UNSPACED = "".join(
    rf"\p{{scx={script}}}"
    for script in (
        "Han", "Hiragana", "Katakana", "Bopomofo", "Hangul", "Thai", "Lao", "Khmer", "Myanmar",
    )
)  # fmt: skip
_EXTEND = r"[\p{Grapheme_Extend}\p{M}\u200d\p{Emoji_Modifier}]"
_LETTER = rf"[A-Za-z0-9](?!{_EXTEND})"
_BEFORE = (
    rf"(?:(?<=[{_UNSPACED}]\p{{M}}{{0,8}}|\u20e3)|(?<![\p{{L}}\p{{N}}@/=\\][\p{{M}}_]{{0,8}}))"
)
_AFTER = rf"(?!_*(?![0-9]\ufe0f?\u20e3|[{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])"
# A local part that ends with a letter is refused by `_BEFORE` already.
_MAIL = (
    r"(?<=(?<![A-Za-z0-9_.+@/-])[A-Za-z0-9][A-Za-z0-9_.+-]{0,62}[.+-])"
    r"@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}(?![A-Za-z0-9_@])"
)
_MENTION = regex.compile(
    rf"{_BEFORE}(?!{_MAIL})@(?![A-Za-z0-9._-]*[A-Za-z0-9]@)"
    rf"({_LETTER}(?:{_LETTER}|[._-](?={_LETTER}))*){_AFTER}"
)
# What is the same by `_MENTION` between most ASCII characters, and found in a tenth of the time.
_PLAIN_HANDLE = re.compile(r"@([A-Za-z0-9]++(?:[._-][A-Za-z0-9]++)*+)(?![^\x00-\x7f]|[@_])")
_PLAIN_BEFORE = frozenset(("", *" \n\t\r([{<,;:!?'\"*~"))
_NEVER_BEFORE = frozenset(string.ascii_letters + string.digits + "@/=\\")
_BLOCK = regex.compile("`{3,}")
_CODE = regex.compile(r"`[^`\n]+`")


def find_handles(text: str) -> tuple[tuple[str, ...], ...]:
    """Return what may be a handle after each at sign: the longest possible one first.

    A shorter one ends before a dot or a dash: `@kim.park.Hi` may mean `kim.park.hi`, `kim.park` or
    `kim`. Handles are in lower case. Only the first `MAX_MENTIONS` different ones are looked at.
    """
    runs = (run.lower() for part in _outside_blocks(text) for run in _runs(part))
    return tuple(_candidates(run) for run in islice(dict.fromkeys(runs), MAX_MENTIONS))


def resolve_mentions(
    content: Content,
    handles: Sequence[Sequence[str]],
    members: Mapping[str, UserId],
    *,
    may_mention_all: bool,
) -> Content:
    """Return *content* with the mentions that count, at most `MAX_MENTIONS`.

    These are the members that its text mentions, in order, and then those that its sender named,
    unless the text has their handle where it is no mention. Others are dropped, and so is everyone
    where the sender may not mention all.

    Args:
        content: The message as its sender sent it.
        handles: What `find_handles` found in its text.
        members: Members by handle: those that the text may mention, or that the sender named.
        may_mention_all: Whether the sender may mention everyone.
    """
    text: str = content.body["text"].lower()
    mentioned = dict.fromkeys(
        handle
        for candidates in handles
        if (handle := next((h for h in candidates if h in members or h == EVERYONE), None))
    )
    if content.mentions:
        handle_of = {user: handle for handle, user in members.items()}
        named = (handle_of[user] for user in content.mentions if user in handle_of)
        mentioned |= dict.fromkeys(handle for handle in named if f"@{handle}" not in text)
    is_named = content.mentions_all and f"@{EVERYONE}" not in text
    mentions_all = may_mention_all and (is_named or EVERYONE in mentioned)
    users = tuple(members[handle] for handle in mentioned if handle in members)
    users = users[: MAX_MENTIONS - mentions_all]
    if (users, mentions_all) == (content.mentions, content.mentions_all):
        return content
    return attrs.evolve(content, mentions=users, mentions_all=mentions_all)


def _candidates(run: str) -> tuple[str, ...]:
    ends = [len(run), *(at for at in range(len(run) - 1, 0, -1) if run[at] in ".-")]
    return tuple(run[:end] for end in ends if Handle.MIN_LENGTH <= end <= Handle.MAX_LENGTH)


def _outside_blocks(text: str) -> Iterator[str]:
    """Yield the parts of a text that are not in blocks of code.

    A block begins at three or more backticks and ends at the next run of at least as many.
    """
    runs = [found.span() for found in _BLOCK.finditer(text)] if "```" in text else []
    end = at = 0
    while at < len(runs):
        start, stop = runs[at]
        close = next((n for n in range(at + 1, len(runs)) if _length(runs[n]) >= stop - start), 0)
        if close:
            yield text[end:start]
            end = runs[close][1]
        at = (close or at) + 1
    yield text[end:]


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def _runs(text: str) -> Iterator[str]:
    """Yield what may be a handle in a text without blocks of code."""
    found: list[tuple[int, str]] = []
    at = text.find("@")
    while at >= 0:
        if run := _run_at(text, at):
            found.append((at, run))
        at = text.find("@", at + 1)
    code, links = (list(_code(text)), list(find_links(text))) if found else ([], [])
    for at, run in found:
        if not (_is_inside(at, code) or _is_inside(at, links)):
            yield run


def _is_inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether an index is in one of the spans, which are in order and do not overlap."""
    n = bisect_right(spans, at, key=itemgetter(0))
    return n > 0 and at < spans[n - 1][1]


def _run_at(text: str, at: int) -> str | None:
    """Return the longest handle after the at sign at an index; None where it is no mention."""
    before = text[at - 1 : at]
    if before in _NEVER_BEFORE:
        return None
    if before in _PLAIN_BEFORE and (plain := _PLAIN_HANDLE.match(text, at)):
        return plain[1]
    found = _MENTION.match(text, at)
    return found[1] if found else None


def _code(text: str) -> Iterator[tuple[int, int]]:
    """Yield where code stands in a line."""
    if "`" in text:
        for found in _CODE.finditer(text):
            yield found.span()
