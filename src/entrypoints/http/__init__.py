"""The HTTP API: JSON requests and answers, RFC 9457 problems, version 1 of the protocol.

`routes` creates the routers of a service; `problem_handlers` turn every error into a problem.
There is a controller for each concept; a handler reads a request and calls a use case.
`guards` authenticate and limit a request, `bodies` read it strictly, `schemas` define the bodies,
`described` and `reference` document the routes; `ops` is the listener for operators.
"""

from parlour.entrypoints.http.head import answering_head
from parlour.entrypoints.http.headers import cross_origin
from parlour.entrypoints.http.ops import create_ops_app, metrics_route
from parlour.entrypoints.http.problems import problem_handlers
from parlour.entrypoints.http.routes import routes

__all__ = [
    "answering_head",
    "create_ops_app",
    "cross_origin",
    "metrics_route",
    "problem_handlers",
    "routes",
]
