"""
A client of the protocol for the terminal, and the example of how to write one.

Lives here: a pure store (`model`, `conversation`, `store`), the connection (`link`, `codes`), HTTP
(`http`, `api`), what outlives the process (`account`, `tokens`, `outbox`), what makes a client
complete and sure (`catchup`, `sender`, `attention`), and the talk on the screen (`words`,
`commands`, `talk`, `screen`, `prompt`).

Imports the standard library, attrs, click, websockets and prompt_toolkit; nothing of the service.
"""
