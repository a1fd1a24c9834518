"""The confirmation: what became of the purchase, read from the ledger and Payway."""
