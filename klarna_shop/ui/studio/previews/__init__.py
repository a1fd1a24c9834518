"""Preview as anyone: the live pages side by side, as any reader, on any device, at any date."""
