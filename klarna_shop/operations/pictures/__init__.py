"""The documents' pictures, taken from the running shop: a walk for each of those who use it."""
