"""Which names look alike, and which mix alphabets."""

import json

import pytest

from parlour.entrypoints.wire.lookalikes import mixes_alphabets, skeleton, skeletons
from parlour.entrypoints.wire.renew_confusables import table_of
from tests.support import builders as b
from tests.support.programs import ROOT

CASES = json.loads((ROOT / "tests/cases/lookalikes.json").read_text("utf-8"))


@pytest.mark.parametrize(("name", "other"), CASES["alike"])
def test_names_that_nobody_can_tell_apart_look_alike(name: str, other: str) -> None:
    assert skeleton(name) == skeleton(other)


@pytest.mark.parametrize(("name", "other"), CASES["distinct"])
def test_other_names_do_not(name: str, other: str) -> None:
    assert skeleton(name) != skeleton(other)


@pytest.mark.parametrize("name", CASES["mixed"])
def test_a_word_of_two_alphabets_is_mixed(name: str) -> None:
    assert mixes_alphabets(name)


@pytest.mark.parametrize("name", CASES["unmixed"])
def test_words_of_one_alphabet_each_and_letters_beside_han_are_not(name: str) -> None:
    assert not mixes_alphabets(name)


def test_a_user_looks_like_whom_their_handle_or_their_name_looks_like() -> None:
    mallory = b.user("a1ice", "Воb")

    assert skeletons(mallory) == [skeleton("alice"), skeleton("Bob")]
    assert skeletons(b.user("bob", "Bob")) == ["bob"]


def test_the_table_is_renewed_from_the_file_of_unicode() -> None:
    lines = [
        "# confusables.txt",
        "# Version: 99.0.0",
        "",
        "05AD ;\t0596 ;\tMA\t# ( ֭ → ֖ ) HEBREW ACCENT DEHI",
        "FF21 ;\t0041 ;\tMA\t# left out: NFKC makes it A",
        "0152 ;\t004F 0045 ;\tMA\t# ( Œ → OE )",
    ]
    notice, *entries = table_of(lines)

    assert "Unicode 99.0.0" in notice
    assert "COPYRIGHT AND PERMISSION NOTICE" in notice
    assert entries == ["05AD 0596\n", "0152 004F 0045\n"]
