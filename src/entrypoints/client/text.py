"""Texts as people count and compare them: cut between grapheme clusters, folded for a search."""

import unicodedata

import regex

MAX_EXCERPT = 140
"""Code points of a message that the list of conversations shows, as the service cuts them."""

_CLUSTER = regex.compile(r"\X")
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")


def cut_text(text: str, most: int) -> str:
    """Return at most *most* code points of *text*, ending between two clusters (UAX 29).

    A first cluster that is longer than *most* is cut all the same.
    """
    if len(text) <= most:
        return text
    ends = (cluster.end() for cluster in _CLUSTER.finditer(text, 0, most + 1))
    return text[: max((end for end in ends if end <= most), default=most)]


def excerpt(text: str) -> str:
    """Return the beginning of a message as one line, as the service does for a head."""
    beginning = cut_text(text.lstrip(), MAX_EXCERPT * 4)
    return cut_text(" ".join(beginning.split()), MAX_EXCERPT).rstrip()


def fold_case(text: str) -> str:
    """Return *text* as the service folds it to search: `NFKC_Casefold`, with one letter i."""
    for _ in range(2):
        text = _IGNORABLE.sub("", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFKC", text.replace("i\u0307", "i").replace("\u0131", "i"))
