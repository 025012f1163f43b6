"""Cutting a text never takes a character apart that people see as one."""

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from parlour.domain.kernel.graphemes import cut_text

# Parts of flags, families, accents, Hangul and line ends, which a random text seldom has in a row.
PARTS = st.sampled_from([*"a \r\n\u0301\u200d\ufe0f\u1100\u1161\u0915\u094d\u0937", *"👩🏽🇩🇪"])


@given(st.text(PARTS, max_size=30) | st.text(max_size=30), st.integers(1, 12))
@example("a\r\nb", 2)
@example("a\u0301\u0301\u0301", 2)
def test_a_cut_ends_between_two_grapheme_clusters(text: str, most: int) -> None:
    cut = cut_text(text, most)
    clusters = regex.findall(r"\X", text)
    whole = regex.findall(r"\X", cut)

    assert text.startswith(cut)
    if len(clusters) > 0 and len(clusters[0]) <= most:
        assert whole == clusters[: len(whole)]
        assert cut == text or len(cut) + len(clusters[len(whole)]) > most
    else:
        assert len(cut) == min(len(text), most)
