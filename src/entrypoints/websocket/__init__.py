"""The socket: one JSON object a frame, in the words of protocol version 1.

`frames` and `codec` know the words, `session` the manners (it is pure: no socket, no clock),
`connection` joins a session to its wire, `connections` keeps them all, `greeting` and `requests`
ask the service, `protocol` carries frames over TCP, `handler` is the route.
"""
