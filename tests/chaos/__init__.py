"""Whole purchases while everything that can fail does, and then the books. `make chaos N=1000`."""
