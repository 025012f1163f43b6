"""The page: what a browser is given, and how it is given.

`client/` is the JavaScript reference client of the protocol, without a DOM; `ui/` are the custom
elements; `text/` the catalogues of both languages; `styles/` the style sheets; `index.html` and
`app.js` begin it, `worker.js` is the service worker. They are served as they stand here: nothing
is built. `assets` is the only Python: it knows nothing of the service but its settings.
"""

from parlour.entrypoints.web.assets import page_routes

__all__ = ["page_routes"]
