"""How long a test waits for what should come."""

PATIENCE_MS = 60_000
"""Ends a wait in a browser that would never end; no test judges by how fast a shared machine was."""
