"""Proves or corrects the sandbox against another Payway: the same requests to both, the answers compared.

`python -m klarna_shop.operations.conformance`, or `make conformance`; docs/conformance.md says how.
`probes/` says as data what is sent, `runner` sends it, `shape` reduces answers to what may be reported,
`marks` says how well a fact is known, `comparison` finds differences, `explanation` the sandbox's readings
that would remove them, `report` writes it all down. Raw HTTP throughout: the tolerant client would hide
what is looked for. Imported by its own command and by tests.
"""
