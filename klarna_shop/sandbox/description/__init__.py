"""The sandbox described, for programs and for people: an OpenAPI document and a page to read.

Both are made from what the endpoints declare and from the readings, so that neither can fall behind.
Knows `api`, `answers` and `readings`; imported by the sandbox's browser routes alone.
"""
