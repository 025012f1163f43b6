"""
The backends of Parlour: each fulfils ports of the domain with one technology.

Lives here: one package a technology, complete in itself. An adapter names the port as its base
class, so that the type checker refuses one which misses a method; its failures leave it as errors
of `parlour.domain.kernel.errors`.

May import it: `entrypoints` alone, and there the container chooses which one runs. Adapters import
the domain and their own technology; siblings never import each other.
"""
