"""Lighthouse on the readers' pages, beside a bare page of `rx.el` and Reflex's blank template, in turns.

`make lighthouse` prints the table and writes it into docs/quality.md. Mobile, simulated throttling; the
median of five runs each, taken in turns, so that a busier moment of the machine meets all of them.
"""
