"""The JSON of domain values, and the table of errors, shared by HTTP and WebSocket.

It imports the domain and no transport.
"""
