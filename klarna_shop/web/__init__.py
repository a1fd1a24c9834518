"""Plain HTTP around the pages: cookies and sign-in routes, health, built files, headers.

May import `klarna_shop.shop` and `klarna_shop.settings`; nothing imports it but the assembly.
"""
