"""Sending synthetic readers from the studio: a panel for the rooms that show numbers. Sandbox only."""
