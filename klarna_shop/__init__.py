"""Klarna Shop: a demo newspaper, its paywall, and a checkout on Klarna Payments and Payway."""
