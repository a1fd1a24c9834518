"""The sandbox's own switches over HTTP, `/sandbox/control/…`: faults, clock, readings, uncertainty.

No part of Payway. Imported by the sandbox's application and its browser routes alone.
"""
