"""Provoking every outcome in this browser, and moving the sandbox's clock. Sandbox mode only."""
