"""What people see: a folder for each screen, with its state and its page, and what screens share.

May import `klarna_shop.shop`, `klarna_shop.klarna` and `klarna_shop.settings`; nothing imports it but
the assembly.
"""
