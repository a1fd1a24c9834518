"""Simultaneous shoppers over the real event socket, beside a bare Reflex app in the same run.

The shop, the sandbox and the counter each run in processes of their own, as separate servers. The sandbox is
not embedded, since its work would count as the shop's, and two workers need one Payway between them.
"""
