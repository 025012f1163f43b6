"""
Everything that a database keeps as one file, and back.

A backup is for this program: every row as it is kept, for any of the databases, checked to the
last byte. An export is for people and other programs: users, conversations and messages as
documented JSON lines, without anything that lets somebody in. Both see one moment while the
service runs.
"""

from parlour.adapters.sql.archive.backup import check_backup, restore_backup, write_backup
from parlour.adapters.sql.archive.backup_format import BackupInfo
from parlour.adapters.sql.archive.export import write_export
from parlour.adapters.sql.archive.files import ArchiveRefused
from parlour.adapters.sql.archive.importing import read_import
from parlour.adapters.sql.database_snapshot import Progress

__all__ = [
    "ArchiveRefused",
    "BackupInfo",
    "Progress",
    "check_backup",
    "read_import",
    "restore_backup",
    "write_backup",
    "write_export",
]
