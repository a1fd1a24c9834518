"""Designs as files: export, and import with errors that name the field."""
