"""Errors of the operating system in one sentence that says what to do."""

import errno
import os

_ADVICE = {
    errno.EACCES: "give this user the rights, or name another path",
    errno.EPERM: "give this user the rights, or name another path",
    errno.EROFS: "name a path on a disk that can be written to",
    errno.EISDIR: "name a file, not a folder",
    errno.ENOTDIR: "name a path whose folders are folders",
    errno.ENOENT: "name a path in a folder that exists or can be made",
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.ENAMETOOLONG: "name a shorter path",
    errno.EMFILE: "allow this process more open files (`ulimit -n`)",
    errno.ENFILE: "allow this machine more open files",
    errno.EADDRINUSE: "choose another port, or stop the program that has it",
    errno.EADDRNOTAVAIL: "choose an address of this machine",
    errno.ECONNREFUSED: "check the address, and that the server runs",
}


def explain(error: OSError) -> str:
    """Return what went wrong and the way out, as one sentence."""
    what = os.strerror(error.errno) if error.errno else str(error) or type(error).__name__
    where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
    advice = _ADVICE.get(error.errno or 0)
    return f"{where}{what}; {advice}." if advice else f"{where}{what}."
