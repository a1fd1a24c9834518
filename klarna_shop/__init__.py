"""Klarna Shop: a demo newspaper, its paywall, and a checkout that sells through Klarna Payments and Payway."""
