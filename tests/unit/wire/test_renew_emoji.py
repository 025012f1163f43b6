"""The lists of emoji are made from the data of Unicode."""

from typing import Any

from parlour.domain.messages.emoji import Emoji
from parlour.entrypoints.wire.renew_emoji import PAGE, module_of, qualified, table_of, wrap


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


def entry(emoji: str, label: str, *tags: str, **more: Any) -> dict[str, Any]:
    return {"emoji": emoji, "hexcode": emoji, "label": label, "tags": tags, **more}


def test_the_table_of_the_page_has_names_codes_and_keywords_in_both_languages() -> None:
    common: dict[str, Any] = {"group": 0, "version": 1}
    english = [
        entry("😂", "face with tears of joy", "laugh", "laughing out loud", order=1, **common),
        entry("🫩", "tired face", "face", order=2, group=0, version=16),
        entry("👍️", "thumbs up", "+1", skins=[skin("👍🏻", 1)], order=3, group=1, version=0.6),
        entry("🇨🇳", "flag: China", "CN", order=4, group=9, version=0.6),
    ]
    chinese = [
        entry("😂", "笑哭了", "笑", "眼泪", "流眼泪"),
        entry("🫩", "有眼袋"),
        entry("👍️", "拇指向上", "点 赞"),
    ]
    codes: dict[str, str | list[str]] = {
        "😂": "joy",
        "🫩": "tired_face",
        "👍️": ["+1", "thumbsup"],
        "🇨🇳": "cn",
    }

    notice, *lines = table_of(english, chinese, codes, "9.9.9")

    assert all(line.startswith("#") for line in notice.splitlines())
    assert "COPYRIGHT AND PERMISSION NOTICE" in notice
    assert lines == [
        "=0\n",
        # What another word begins with or contains is left out, as is a code like the name.
        "😂\tface with tears of joy\t:joy laughing out loud\t笑哭了\t流眼泪\n",
        "🫩 16\ttired face\t\t有眼袋\n",
        "=1\n",
        "👍 t\tthumbs up\t:+1 thumbsup\t拇指向上\t点赞\n",
        "=9\n",
        # Browsers know the names of regions.
        "🇨🇳\n",
    ]


def test_the_service_knows_every_emoji_of_the_page() -> None:
    # One of the emoji is a keycap that begins with a number sign.
    lines = PAGE.read_text("utf-8").splitlines()
    lines = [line for line in lines if line != "#" and not line.startswith(("# ", "="))]
    shown = [line.split("\t")[0].split(" ")[0] for line in lines]

    assert len(shown) > 1900
    assert [emoji for emoji in shown if Emoji.parse(emoji).value != emoji] == []
