"""
The command line: `parlour serve`, `db`, `user`, `config`, `doctor`, `chat`.

Lives here: one module a command, and in `chat` a terminal client that knows the service by its
protocol alone. Modules import little at the top, so that `parlour --help` answers at once.
"""
