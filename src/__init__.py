"""
Parlour: a real-time messaging service and the framework-free core it is built on.

The folders of the source are `src/domain`, `src/adapters` and `src/entrypoints`; they are imported
as `parlour.domain`, `parlour.adapters` and `parlour.entrypoints` (decision 2 says how). Imports
point inwards: `entrypoints` sees `adapters`, both see `domain`, and `domain` sees neither.
"""

DISTRIBUTION = "parlour"
"""The name under which the package is installed, for `importlib.metadata`."""
