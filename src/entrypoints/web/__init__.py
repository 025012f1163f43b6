"""The page: what a browser is given, and how it is given.

`client/` is the JavaScript reference client of the protocol, without a DOM; `ui/` are the custom
elements; `text/` the catalogues of both languages; `styles/` the style sheets; `index.html` and
`app.js` begin it, `missing.html` is the answer where nothing is, `worker.js` is the service
worker. They are served as they stand here: nothing is built. `assets` and `missing` are the only
Python: they know nothing of the service but its settings.
"""

from parlour.entrypoints.web.assets import Bundle, page_routes
from parlour.entrypoints.web.missing import missing_page

__all__ = ["Bundle", "missing_page", "page_routes"]
