"""A sheet of each page of the readers: both languages and themes, phone and desktop. `make screenshots`."""
