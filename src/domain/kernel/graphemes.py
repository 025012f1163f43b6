"""Cutting a text between grapheme clusters: what people see as one character (UAX 29)."""

import regex

_CLUSTER = regex.compile(r"\X")


def cut_text(text: str, most: int) -> str:
    """Return the beginning of *text*: at most *most* code points, ending between two clusters.

    A flag, a family or a letter with its accents is one cluster. A first cluster that is longer
    than *most* is cut all the same, so that something is left of it.
    """
    if len(text) <= most:
        return text
    following = text[most - 1 : most + 1]
    # ASCII characters are clusters of their own, but for CR LF: most texts end here.
    if following.isascii() and following != "\r\n":
        return text[:most]
    # Whether a cluster ends at *most* depends on what is before it and on one character after it.
    ends = (cluster.end() for cluster in _CLUSTER.finditer(text, 0, most + 1))
    return text[: max((end for end in ends if end <= most), default=most)]
