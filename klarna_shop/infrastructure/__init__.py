"""What any such program needs and no newspaper. It knows nobody else in the project."""
