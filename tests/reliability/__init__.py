"""Proofs that a purchase survives what may happen to the server. Each also runs alone, for the record."""
