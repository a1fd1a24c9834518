"""Measurements. Each compares with something side by side in one run; none is a test."""
