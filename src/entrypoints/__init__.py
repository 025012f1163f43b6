"""
The doors of Parlour: HTTP, WebSocket, the web page, the command line, the test harness.

Lives here: what turns the outside world into calls of use cases and their answers back into
frames, responses and lines of text, and `container.py`, the one place where ports meet adapters.

May import it: nobody. It is the only room that knows every other.
"""
