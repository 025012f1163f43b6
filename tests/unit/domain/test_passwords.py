"""New passwords are long enough and not among those that an attacker tries first."""

import pytest

from parlour.domain.access import Password
from parlour.domain.kernel.errors import Invalid
from tests.support import builders as b
from tests.support.world import PASSWORD


class TestPassword:
    @pytest.mark.parametrize("raw", [" kettle in b ", "пароль-на-море", "a" * 1022 + "bc"])
    def test_may_hold_any_characters(self, raw: str) -> None:
        assert Password.parse(raw).value == raw

    @pytest.mark.parametrize(
        ("raw", "why"),
        [
            ("1234567", "at least 8"),
            ("abababab", "too simple"),
            ("P@ssw0rd2024!", "everybody tries first"),
            ("abc" * 342, "at most 1024 bytes"),
            ("é" * 510 + "abcdef", "at most 1024 bytes"),
            ("pass\ud800word", "Unicode"),
        ],
    )
    def test_is_refused_where_it_breaks_a_rule(self, raw: str, why: str) -> None:
        with pytest.raises(Invalid, match=why) as refusal:
            Password.parse(raw, "new_password")
        assert refusal.value.field == "new_password"

    def test_is_compared_whatever_its_length(self) -> None:
        assert Password.given("").value == ""

    def test_never_shows_in_a_repr(self) -> None:
        assert "horse" not in repr(PASSWORD)
        assert "horse" not in f"{[PASSWORD]} {b.credentials(b.ALICE, 'horse')}"


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "P@ssw0rd2024!",
        "qwerty123456",
        "qwertzuiop",
        "1q2w3e4r5t",
        "!QAZ2wsx",
        "zaq12wsx",
        "abcabcabc",
        "aaaaaaaa1",
        "87654321",
        "19870412",
        "1380013800",
        "a1b2c3d4",
        "iloveyou1",
        "Summer2024!",
        "Liverpool1892",
        "woaini5!",
        "mypassword",
        "hello-world",
    ],
)
def test_a_password_of_few_guessable_pieces_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match=r"everybody tries first|too simple"):
        Password.parse(password)


@pytest.mark.parametrize(
    "password",
    [
        "k7#mPq9z",
        "blue-kettle-41",
        "correcthorsebattery",
        "tr0ub4dor&3",
        "我喜欢在海边看日出",
        "three-known-summer-words-and-more-of-them",
        "13905712288",
    ],
)
def test_a_password_that_takes_many_guesses_is_accepted(password: str) -> None:
    assert Password.parse(password).value == password
