"""The live page beside the form: as which reader, on which page and device it is looked at."""
