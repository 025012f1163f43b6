"""The fixture of the harness."""

from parlour.entrypoints.harness.pytest_plugin import chat

__all__ = ["chat"]
