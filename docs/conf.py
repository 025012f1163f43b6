"""How the documentation is built: `./dev docs`. Works without internet."""

from importlib.metadata import version as version_of

project = "Parlour"
author = "The Parlour authors"
copyright = "2026, The Parlour authors"  # noqa: A001 - Sphinx reads this name
release = version = version_of("parlour")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
nitpicky = True
# Names of other projects' types are not resolved: the build reads nothing from the network.
# Types of our own models are told by the code itself, the documentation has pages for the ports.
nitpick_ignore_regex = [("py:.*", r"(?!parlour\.domain\..*\.ports\.).*")]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"

html_theme = "furo"
html_title = f"Parlour {release}"
html_theme_options = {"navigation_with_keys": True}
# Nothing on a page comes from elsewhere.
html_show_sourcelink = False
