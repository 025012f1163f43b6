"""One module a version; what has been released never changes."""
