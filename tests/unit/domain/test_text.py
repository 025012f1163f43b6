"""Names, titles and messages: what may stand in them, and how they are compared."""

import json

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.text import MAX_MARKS, check_text, clean_line, fold_case
from tests.support.programs import ROOT
from tests.support.timing import fastest

# Pairs that are the same to a search, and others; the clients have tests with this table as well.
SEARCHES = json.loads((ROOT / "tests/cases/folding.json").read_text())

NAMES = [
    "Bob",
    "O’Brien",
    "Łukasz Żółć",
    "Nguyễn Thị Ánh",
    "Sipho Nkosi-Dlamini",
    "!Xóõ",
    "王小明",
    "渡邉",
    "葛\U000e0100城",
    "山田 太郎",
    "김민준",
    "สมชาย น้ำฝน",
    "བཀྲ་ཤིས",
    "שָׁלוֹם",
    "בְּרֵאשִׁ֖ית",
    "محمد علي",
    "نرگس می\u200cخواهم",
    "کتاب\u200cها",
    "ه\u200d",
    "क\u094d\u200dष",
    "क\u094d\u200cष",
    "ക്\u200d",
    "র\u200d\u09cdয\u09be",
    "ක්\u200dෂ",
    "ᠬᠡᠷ\u180eᠡ",
    "ᠭ\u180bᠠ\u180d",
    "ᠨ\u180b\u180eᠠ",
    "👨\u200d👩\u200d👧\u200d👦",
    "👩🏽\u200d🚀",
    "🏳\ufe0f\u200d🌈",
    "❤\ufe0f\u200d🔥",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "🇩🇪",
    "1\ufe0f\u20e3",
    "🫨",
    "…",
    "%",
]

UNSEEN = {
    "empty": "",
    "spaces": " \n\u2003\u3000",
    "braille blank": "\u2800",
    "Hangul filler": "\u3164",
    "Hangul initial filler": "\u115f",
    "Hangul medial filler": "\u1160",
    "halfwidth Hangul filler": "\uffa0",
    "zero width space": "\u200b",
    "byte order mark": "\ufeff",
    "word joiner": "\u2060",
    "joiners": "\u200c\u200d",
    "direction marks": "\u200e\u200f\u061c",
    "variation selectors": "\ufe0f\U000e0101\u180b",
    "tags": "\U000e0067\U000e007f",
    "invisible operators": "\u2062\u2064",
    "soft hyphen": "\u00ad",
    "combining marks": "\u0301\u20dd",
    "null notehead": "\U0001d159",
    "Egyptian blank": "\U00013441",
    "an object": "\ufffc",
    "all of them": " \u2800\u3164\u200b\u0301\ufe0f",
}

HIDDEN = {
    "Bob\u200b": "Bob",
    "\ufeffBob": "Bob",
    "Bo\u00adb": "Bob",
    "Bob\u200e": "Bob",
    "Bob\u2800": "Bob",
    "Bob\u3164": "Bob",
    "B\u200dob": "Bob",
    "Bob\u200c": "Bob",
    "Bob\ufe0f": "Bob",
    "Bob\U000e0041": "Bob",
    "Bob\ufffc": "Bob",
    "\u0301Bob": "Bob",
    "Bob \u0301\u20dd Hill": "Bob Hill",
    "Bob\u200b \u2800 Hill": "Bob Hill",
    "e\u200b\u0301": "é",
    "1\ufe0f": "1",
    "👩\u200d": "👩",
    "👩\u200b\u200d🚀": "👩🚀",
    "کتاب\u200c": "کتاب",
    "ب\u200dب": "بب",
    "राम\u200c": "राम",
    "🏴\U000e0067": "🏴",
    "z" + "\u0301" * 99: "\u017a" + "\u0301" * MAX_MARKS,
}

# Any text, with many of the characters that the rules are about.
lines = st.text(
    st.one_of(
        st.sampled_from("ab \u2800\u200b\u200c\u200d\ufe0f\ufe0e\u0301\u094dकबهم👩🚀🏴1\u20e3"),
        st.sampled_from(
            "\U000e0067\U000e0062\U000e0073\U000e007f\u3164\u115f\u180e\u180bᠭ葛\u017f"
        ),
        st.sampled_from("İıIiß\ufb01ΣςÅ\u1e9e\u0345ǰ\u0130\u0307"),
        st.characters(),
    ),
    max_size=24,
)


class TestLine:
    @pytest.mark.parametrize("name", NAMES)
    def test_of_any_script_is_returned_unchanged(self, name: str) -> None:
        assert clean_line(name, most=64, field="title") == name

    @pytest.mark.parametrize(
        ("raw", "expected"),
        [("  Bob \t of\u00a0the\u2003Hill ", "Bob of the Hill"), ("e\u0301", "\u00e9")],
    )
    def test_is_normalised(self, raw: str, expected: str) -> None:
        assert clean_line(raw, most=64, field="title") == expected

    @pytest.mark.parametrize("raw", UNSEEN.values(), ids=UNSEEN)
    def test_is_refused_where_nothing_is_visible(self, raw: str) -> None:
        with pytest.raises(Invalid, match="must not be empty") as refusal:
            clean_line(raw, most=64, field="title")

        assert refusal.value.field == "title"

    @pytest.mark.parametrize(("raw", "seen"), HIDDEN.items(), ids=map(ascii, HIDDEN))
    def test_is_what_is_seen_of_it(self, raw: str, seen: str) -> None:
        assert clean_line(raw, most=64, field="title") == seen

    @pytest.mark.parametrize("character", "\0\7\x7f\x9f\u202a\u202e\u2066\u2069\ufff9\ud800")
    def test_is_refused_with_controls_and_what_reorders_text(self, character: str) -> None:
        with pytest.raises(Invalid, match="cannot be shown") as refusal:
            clean_line(f"bob{character}x", most=64, field="title")

        assert refusal.value.field == "title"

    @pytest.mark.parametrize("character", "\u180b\u180e\u180f\u200d\ufe0f\u0301\U000e0061")
    def test_of_invisible_characters_is_refused_within_50_ms(self, character: str) -> None:
        def clean() -> None:
            with pytest.raises(Invalid):
                clean_line(character * 512, most=64, field="title")

        assert fastest(clean) < 0.05

    def test_is_measured_after_normalisation(self) -> None:
        assert len(clean_line("e\u0301" * 8 + "  \u200b", most=8, field="title")) == 8
        with pytest.raises(Invalid, match="at most 8 characters"):
            clean_line("x" * 9, most=8, field="title")

    @given(lines)
    def test_that_was_accepted_is_accepted_as_it_is(self, raw: str) -> None:
        try:
            accepted = clean_line(raw, most=64, field="title")
        except Invalid:
            return

        assert clean_line(accepted, most=64, field="title") == accepted
        assert not regex.search(r"\p{M}{9}|[\u200b\u3164\u2800\u202e]|^\p{Mn}", accepted)


class TestText:
    @pytest.mark.parametrize(
        "raw",
        ["hi", " hi ", "a\n\tb\r\n", "é e\u0301 👩\u200d🚀 \u202e \U0010ffff", "\ue000", *NAMES],
    )
    def test_is_returned_unchanged(self, raw: str) -> None:
        assert check_text(raw, most=64, field="body") == raw

    @pytest.mark.parametrize("raw", UNSEEN.values(), ids=UNSEEN)
    def test_is_refused_where_nothing_is_visible(self, raw: str) -> None:
        with pytest.raises(Invalid, match="must not be empty") as refusal:
            check_text(raw, most=64, field="body.text")

        assert refusal.value.field == "body.text"

    @pytest.mark.parametrize(
        ("raw", "why"),
        [("x" * 65, "at most 64")]
        + [(f"a{bad}b", "control") for bad in "\0\x07\x1b\x7f\x85\ud800"],
    )
    def test_is_refused_where_it_is_malformed(self, raw: str, why: str) -> None:
        with pytest.raises(Invalid, match=why):
            check_text(raw, most=64, field="body")


class TestFolding:
    @pytest.mark.parametrize(("typed", "name"), SEARCHES["same"])
    def test_finds_a_name_however_it_is_typed(self, typed: str, name: str) -> None:
        assert fold_case(typed) == fold_case(name)

    @pytest.mark.parametrize(("typed", "name"), SEARCHES["different"])
    def test_distinguishes_other_names(self, typed: str, name: str) -> None:
        assert fold_case(typed) != fold_case(name)

    @given(lines)
    def test_of_a_folded_text_changes_nothing(self, text: str) -> None:
        assert fold_case(fold_case(text)) == fold_case(text)
