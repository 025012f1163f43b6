"""
What clients and operators use: HTTP, WebSocket, the web page, the command line, the test harness.

Lives here: what turns requests into calls of use cases and their results back into frames,
responses and lines of text; and `container.py`, the one place where ports meet adapters.

May import it: nobody. It is the only layer that knows the others.
"""
