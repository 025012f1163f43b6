"""Passwords that everybody tries first are told by what they are made of."""

import pytest

from parlour.adapters.security import is_common


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
def test_common(password: str) -> None:
    assert is_common(password)


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
def test_not_common(password: str) -> None:
    assert not is_common(password)
