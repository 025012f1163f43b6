"""
The command line: `parlour serve`, `chat`, `doctor`, `db`, `user`, `backup` and the others.

Lives here: one module a command or a group of commands, and in `chat` a terminal client that uses
the protocol alone. Modules import heavy things inside functions, so that `parlour --help` is fast.
"""
