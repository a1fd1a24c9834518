"""Panel on the studio's first page: what Klarna's widget was seen to hide."""
