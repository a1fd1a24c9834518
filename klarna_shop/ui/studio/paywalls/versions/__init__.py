"""What was published, what was done and when, what changed between two versions."""
