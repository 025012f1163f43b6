"""`parlour doctor` knows how old the last backup is."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from parlour.entrypoints.cli.check_backup import check_backup_age
from parlour.entrypoints.cli.check_result import CheckGrade
from parlour.entrypoints.cli.main import parlour
from tests.support.fakes import START


@pytest.mark.parametrize(
    ("age", "grade", "said"),
    [
        (timedelta(minutes=5), CheckGrade.OK, "0 hours ago"),
        (timedelta(hours=47), CheckGrade.OK, "47 hours ago"),
        (timedelta(days=7), CheckGrade.OK, "7 days ago"),
        (timedelta(days=8), CheckGrade.WARNING, "8 days ago"),
        (timedelta(minutes=-5), CheckGrade.OK, "0 hours ago"),
    ],
)
def test_a_backup_of_more_than_a_week_is_a_warning(
    age: timedelta, grade: CheckGrade, said: str
) -> None:
    result = check_backup_age(START - age, START)

    assert (result.grade, said in result.text) == (grade, True)
    assert ("parlour backup" in result.fix) == (grade is CheckGrade.WARNING)


def test_the_doctor_finds_the_last_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def typed(*words: str) -> str:
        return CliRunner().invoke(parlour, words).output

    typed("db", "upgrade")
    assert "`parlour backup` has made none yet" in typed("doctor")
    typed("backup", "one.backup")
    assert "the last one was made 0 hours ago" in typed("doctor")
