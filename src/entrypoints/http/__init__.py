"""The HTTP door: JSON in and out, RFC 9457 problems, version 1 of the protocol.

`routes` makes the routers of a service, `problem_handlers` what turns every error into a problem.
Controllers stand by concept; each handler reads a request, asks a use case and shows the answer.
`guards` admit a request, `bodies` read it strictly, `schemas` are the bodies, `described` and
`reference` are what people and programs read about the routes; `ops` is the operators' listener.
"""

from parlour.entrypoints.http.headers import cross_origin
from parlour.entrypoints.http.ops import create_ops_app, metrics_route
from parlour.entrypoints.http.problems import problem_handlers
from parlour.entrypoints.http.routes import routes

__all__ = ["create_ops_app", "cross_origin", "metrics_route", "problem_handlers", "routes"]
