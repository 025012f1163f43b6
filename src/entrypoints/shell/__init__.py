"""The asynchronous shell around the synchronous core.

Here are the worker pools, the group commit, the hub that delivers events to sockets, the
background tasks, and the `Service` that joins them. Both transports, HTTP and WebSocket, use it.
"""
