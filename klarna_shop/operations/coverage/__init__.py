"""Which of Payway's endpoints the client calls, the sandbox serves and the tests exercise.

`python -m klarna_shop.operations.coverage` prints the table, `--write` puts it into docs/payway-coverage.md;
either says what is missing or out of date. `endpoints` is the list of what the reference names; the rest is
read from the code. Imported by its own command and by tests.
"""
