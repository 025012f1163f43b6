"""What travels: the views of domain values in JSON, and the one table of errors.

Shared by HTTP and WebSocket, so that both say the same. Knows the domain, not the transports.
"""
