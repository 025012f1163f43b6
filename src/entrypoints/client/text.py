"""The beginning of a text, cut between grapheme clusters: what people see as one character."""

import regex

MAX_EXCERPT = 140
"""Code points of a message that the list of conversations shows, as the service cuts them."""

_CLUSTER = regex.compile(r"\X")


def cut_text(text: str, most: int) -> str:
    """Return at most *most* code points of *text*, ending between two clusters (UAX 29).

    A first cluster that is longer than *most* is cut all the same.
    """
    if len(text) <= most:
        return text
    end = 0
    for cluster in _CLUSTER.finditer(text, 0, most + 1):
        if cluster.end() > most:
            break
        end = cluster.end()
    return text[: end or most]


def excerpt(text: str) -> str:
    """Return the beginning of a message as one line, as the service does for a head."""
    beginning = cut_text(text.lstrip(), MAX_EXCERPT * 4)
    return cut_text(" ".join(beginning.split()), MAX_EXCERPT).rstrip()
