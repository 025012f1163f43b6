"""
The backends of Parlour: each implements ports of the domain with one technology.

Lives here: one package a technology, complete in itself. An adapter names the port as its base
class, so that the type checker refuses one that misses a method; its failures are raised as errors
of `parlour.domain.kernel.errors`.

May import it: `entrypoints` alone, where the container chooses which one runs. Adapters import the
domain and the libraries of their technology, never each other.
"""
