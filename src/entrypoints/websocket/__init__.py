"""The socket: one JSON object in each text frame, protocol version 1.

`frames` and `codec` define and parse the frames, `session` is the protocol state machine (pure: no
socket, no clock), `connection` connects a session to its `transport`, `connections` holds
all of them, `hello_handler` and `requests` call the service.

There are two paths for sockets: `handler` is the route of Litestar, with `asgi_transport`;
`upgrade` answers handshakes inside uvicorn, with `direct_transport` and `framing`.
"""
