"""Payway's endpoints, a module for each part of its API; each endpoint is data beside its method."""
