"""The lists of emoji are made from the data of Unicode."""

from typing import Any

from parlour.entrypoints.wire.renew_emoji import module_of, qualified, wrap


def skin(emoji: str, tone: int | list[int]) -> dict[str, Any]:
    return {"emoji": emoji, "tone": tone}


DATA: list[dict[str, Any]] = [
    {"emoji": "🇦", "label": "regional indicator A"},
    {"emoji": "🏽", "order": 1, "group": 2},
    {"emoji": "🤝", "order": 5, "group": 1, "skins": [skin("🤝🏻", 1), skin("🫱🏻‍🫲🏼", [1, 2])]},
    {"emoji": "❤️", "order": 3, "group": 0},
    {"emoji": "⛄️", "order": 4, "group": 5},
    {"emoji": "☝️", "order": 2, "group": 1, "skins": [skin("☝🏻", 1)]},
    {
        "emoji": "👩‍❤️‍👩",
        "order": 6,
        "group": 1,
        "skins": [skin("👩🏻‍❤️‍👩🏻", [1, 1]), skin("👩🏻‍❤️‍👩🏼", [1, 2])],
    },
]


def test_emoji_are_sorted_by_how_they_take_skin_tones() -> None:
    notice, *lists = module_of(DATA, "9.9.9")

    assert "emojibase-data 9.9.9" in notice
    assert "COPYRIGHT AND PERMISSION NOTICE" in notice
    assert lists == [
        '\nPLAIN = """\n❤️ ⛄\n"""\n',
        '\nTONED = """\n☝️ 🤝\n"""\n',
        '\nCOUPLES = """\n👩‍❤️‍👩\n"""\n',
        '\nUNLIKE = """\n🫱‍🫲\n"""\n',
    ]


def test_a_style_is_left_out_where_it_changes_nothing() -> None:
    assert [*map(qualified, ("👍️", "❤️", "🏴‍☠️", "👁️‍🗨️"))] == ["👍", "❤️", "🏴‍☠️", "👁️‍🗨️"]


def test_lines_are_wrapped_where_an_emoji_takes_two_columns() -> None:
    assert [*wrap(["👍", "👎", "👌"], columns=6)] == ["👍 👎", "👌"]
