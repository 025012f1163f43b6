"""The tests of Parlour. A package, so that a folder `tests/domain` never hides `domain`."""
