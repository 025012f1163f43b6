"""What may stand in a line or a text that people read."""

import unicodedata

from domain.kernel.errors import Invalid

# Characters that reorder, hide or break what others see: bidirectional controls and zero-width
# marks. The zero-width joiner and non-joiner stay: emoji and several scripts need them.
_DECEPTIVE = frozenset(
    "\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def clean_line(raw: str, *, most: int, field: str) -> str:
    """Return one visible line in NFC, its spaces folded; raise `Invalid` where none is left."""
    text = unicodedata.normalize("NFC", " ".join(raw.split()))
    if any(c in _DECEPTIVE or unicodedata.category(c) in {"Cc", "Cs"} for c in text):
        raise Invalid("holds characters that cannot be shown", field=field)
    if not any(unicodedata.category(c)[0] in "LNPS" for c in text):
        raise Invalid("must not be empty", field=field)
    if len(text) > most:
        raise Invalid(f"must have at most {most} characters", field=field)
    return text


def check_text(raw: str, *, most: int, field: str) -> str:
    """Return *raw* unchanged where it is a text of 1..*most* characters; raise `Invalid` else.

    Line feeds and tabs are allowed, other control characters and lone surrogates are not.
    """
    if len(raw) > most:
        raise Invalid(f"must have at most {most} characters", field=field)
    if not raw or raw.isspace():
        raise Invalid("must not be empty", field=field)
    # A plain text, by far the most common, is told by one pass in C.
    if not raw.isprintable() and any(
        unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\r\t" for c in raw
    ):
        raise Invalid("holds control characters", field=field)
    return raw
