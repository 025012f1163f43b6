"""The fixture that the harness gives to everybody."""

from parlour.entrypoints.harness.pytest_plugin import chat

__all__ = ["chat"]
