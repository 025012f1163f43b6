"""The doctor knows how old the last backup is."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from parlour.entrypoints.cli.check_backup import judge_backup
from parlour.entrypoints.cli.check_result import CheckGrade
from parlour.entrypoints.cli.main import parlour
from tests.support.clock import START


@pytest.mark.parametrize(
    ("age", "grade", "said"),
    [
        (timedelta(minutes=5), CheckGrade.GOOD, "0 hours ago"),
        (timedelta(hours=47), CheckGrade.GOOD, "47 hours ago"),
        (timedelta(days=7), CheckGrade.GOOD, "7 days ago"),
        (timedelta(days=8), CheckGrade.DOUBT, "8 days ago"),
        (timedelta(minutes=-5), CheckGrade.GOOD, "0 hours ago"),
    ],
)
def test_a_backup_of_more_than_a_week_is_doubtful(
    age: timedelta, grade: CheckGrade, said: str
) -> None:
    finding = judge_backup(START - age, START)

    assert (finding.grade, said in finding.text) == (grade, True)
    assert ("parlour backup" in finding.fix) == (grade is CheckGrade.DOUBT)


def test_the_doctor_tells_of_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def typed(*words: str) -> str:
        return CliRunner().invoke(parlour, words).output

    typed("db", "upgrade")
    assert "none was made by `parlour backup` yet" in typed("doctor")
    typed("backup", "one.backup")
    assert "the last one was made 0 hours ago" in typed("doctor")
