"""The proof that experiments may be believed: `make statistics` writes docs/experiments-proof.md."""
