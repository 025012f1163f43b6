"""The reference of HTTP API and socket, for people and for programs.

`document` is the OpenAPI, `page` the same as one HTML page, with the frames of the socket from
`socket`; `examples` are in both. The page needs no script and nothing from another host.
"""

from parlour.entrypoints.http.reference.document import build_document
from parlour.entrypoints.http.reference.handlers import reference_routes

__all__ = ["build_document", "reference_routes"]
