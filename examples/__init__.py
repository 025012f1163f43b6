"""Backends as other people would write them, in use in the documentation and in the tests."""
