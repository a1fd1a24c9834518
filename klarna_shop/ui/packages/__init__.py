"""The package picker: which package or campaign, from when, and for whom."""
