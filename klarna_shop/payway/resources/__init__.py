"""Payway's endpoints, one module for each part of its API. Each endpoint is data beside the method that calls it."""
