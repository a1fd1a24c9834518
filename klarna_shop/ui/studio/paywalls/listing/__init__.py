"""The list of designs, and the ways to a new one: a template, a copy, a file."""
