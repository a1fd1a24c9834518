"""What the endpoints answer with, as pydantic models: the description of the API, not its working.

A module an area, as in `api`. Handlers return plain dicts and know nothing of these models beyond naming
them at their endpoints; tests hold every answer against its model. Every field carries the mark of how
well it is known. Imported by `api` for its declarations, and by `description`.
"""
