"""
Backup and restore, export and import.

A backup is for this program: every row of every table in one checked file, for any of the
databases. An export is for people and other programs: users, conversations and messages as
documented JSON lines, without credentials. Both read one snapshot while the service runs.
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
