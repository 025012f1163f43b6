"""Addresses in a text: where the page shows links, in linear time."""

from collections.abc import Iterator

import regex

# Links end at white space, quotes and CJK punctuation.
_END = (
    r'\s<>"`|\uff5c\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65'
    r"\u2026\u201c\u201d\u2018\u2019"
)
_LINK = regex.compile(
    rf"(?<![A-Za-z0-9_])(?i:https?)://(?=[^{_END}])"
    rf"|(?P<www>(?<![A-Za-z0-9_@.:/-])(?i:www)\.(?=[^{_END}@]{{3}}))"
)
_LINK_END = regex.compile(f"[{_END}]|$")
_WWW_END = regex.compile(f"[{_END}@]|$")
_LONGEST_LINK = 2_048
_TRAILING = ".,;:!?'\"»*~"
_OPENING = {")": "(", "]": "[", "}": "{"}
# A top-level domain is written in one script: text that follows a Latin one is no part of it.
_AFTER_LATIN_DOMAIN = regex.compile(r"(?i)((?:https?://)?[^/?#]*\.[a-z]{2,})[^ -~]")


def find_links(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield where addresses stand that become links, in order, from an index on."""
    if "://" not in text and "www." not in text.lower():
        return
    ends = {_LINK_END: 0, _WWW_END: 0}
    end = start
    while found := _LINK.search(text, end):
        start, body = found.span()
        pattern = _WWW_END if found["www"] else _LINK_END
        # Else nothing ends a link before the place that was found last.
        if ends[pattern] < body and (stop := pattern.search(text, body)):
            ends[pattern] = stop.start()
        # What is cut off from the end of a link may be another one.
        end = start + _link_length(text[start : min(ends[pattern], body + _LONGEST_LINK)])
        yield start, end


def _link_length(link: str) -> int:
    """Return the length of a link without the text and punctuation that follow it."""
    found = _AFTER_LATIN_DOMAIN.match(link)
    link = (found[1] if found else link).rstrip(_TRAILING)
    while (closing := link[-1:]) in _OPENING and link.count(_OPENING[closing]) < link.count(
        closing
    ):
        link = link[:-1].rstrip(_TRAILING)
    return len(link)
