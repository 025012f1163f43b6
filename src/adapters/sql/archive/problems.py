"""Why a file was not written, or not taken."""


class ArchiveRefused(Exception):
    """The file or the database is not as it must be; the message says what to do."""
