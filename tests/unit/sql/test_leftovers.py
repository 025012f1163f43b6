"""What a killed backup leaves is removed by the next one, and what others write is left alone."""

from pathlib import Path

import pytest

from parlour.adapters.sql.archive.files import ArchiveRefused, new_file
from parlour.adapters.sql.leftovers import temporary_folder


def left_by_a_killed_backup(folder: Path) -> list[Path]:
    copy = folder / ".parlour-copy-abc"
    copy.mkdir()
    (copy / "copy.db").write_bytes(b"x" * 4096)
    unfinished = folder / ".old.backup.unfinished"
    unfinished.write_bytes(b"\x1f\x8b\x08")
    return [copy, unfinished]


def test_a_new_backup_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    left_by_a_killed_backup(tmp_path)
    with new_file(tmp_path / "new.backup") as (file, _):
        file.write(b"whole")

    assert [each.name for each in tmp_path.iterdir()] == ["new.backup"]


def test_a_new_copy_of_a_database_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    left_by_a_killed_backup(tmp_path)
    with temporary_folder(tmp_path) as folder:
        assert [*tmp_path.iterdir()] == [folder]

    assert [*tmp_path.iterdir()] == []


def test_what_another_backup_writes_now_is_left_alone(tmp_path: Path) -> None:
    with (
        temporary_folder(tmp_path) as first,
        new_file(tmp_path / "one.backup") as (file, unfinished),
    ):
        file.write(b"half")
        with temporary_folder(tmp_path) as second, new_file(tmp_path / "two.backup"):
            assert first.exists()
            assert second.exists()
            assert unfinished.exists()

    assert {each.name for each in tmp_path.iterdir()} == {"one.backup", "two.backup"}


def test_two_backups_of_one_name_do_not_write_into_each_other(tmp_path: Path) -> None:
    path = tmp_path / "one.backup"
    with new_file(path) as (file, _):
        file.write(b"first")
        with pytest.raises(ArchiveRefused, match="Another process writes"), new_file(path):
            pass

    assert path.read_bytes() == b"first"


def test_files_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".thesis.unfinished").write_text("dear professor")
    target = tmp_path / "elsewhere"
    target.mkdir()
    (tmp_path / ".parlour-copy-link").symlink_to(target)
    with new_file(tmp_path / "new.backup"):
        pass

    assert {each.name for each in tmp_path.iterdir()} == {
        ".thesis.unfinished", ".parlour-copy-link", "elsewhere", "new.backup",
    }  # fmt: skip
