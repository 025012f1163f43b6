"""The asynchronous shell around the synchronous core.

Lives here: the worker threads, the group commit, the hub that brings events to sockets, and the
service that joins them. Both doors, HTTP and WebSocket, stand on it.
"""
