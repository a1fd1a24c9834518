"""The front page, the article and its paywall."""
