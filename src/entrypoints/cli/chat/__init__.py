"""
The terminal client: a user interface over `parlour.entrypoints.client`.

`command` is the click command, `run` what it does, `log_in` how it gets tokens and `account_files`
where they are kept. `conversation_view`, `status_line` and `formatting` show the state of the
client on a `screen` (`prompt` is that of a terminal), `commands` are what is typed, `script` is
the client without a person.

Imports the headless client, click and prompt_toolkit; nothing of the service.
"""
