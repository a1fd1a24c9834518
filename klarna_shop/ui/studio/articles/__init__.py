"""Panel on the studio's first page: what is wrong with the articles."""
