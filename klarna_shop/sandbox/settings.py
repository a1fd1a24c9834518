"""How one sandbox is set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

COMPANIONS = (".clock", ".readings", ".faults", ".webhooks")
"""Ends of the names of the files that stand beside the database's own."""


@dataclass(frozen=True)
class SandboxSettings:
    """Settings of a sandbox; the defaults are those the shop's own defaults expect.

    Attributes:
        database_path: the SQLite file; `None` keeps everything in memory.
        public_url: address under which a browser reaches the sandbox's pages.
        organisation: organisation id.
        title_code: code of the one newspaper whose packages are sold.
        client_id: the API user.
        client_secret: the API user's secret.
        redirect_uri: where the browser login (§3.3) may lead back to, exactly as registered for the API user;
            empty stands for `/auth/callback` below `public_url`.
        webhook_url: where webhooks are sent (§14); empty sends none. It holds a secret.
        token_lifetime: seconds an access token lives (§3.1); `None` leaves it to the readings.
        merchant_name: the seller's name, in the Klarna client token.
    """

    database_path: Path | None = None
    public_url: str = "http://localhost:9000"
    organisation: str = "demo"
    title_code: str = "DEMO"
    client_id: str = "sandbox-client"
    client_secret: str = field(default="sandbox-secret", repr=False)
    redirect_uri: str = ""
    webhook_url: str = field(default="", repr=False)
    token_lifetime: int | None = None
    merchant_name: str = "Norrlunda Tidning (demo)"

    @property
    def order_prefix(self) -> str:
        """The organisation as order numbers begin with it: capitals and digits alone (§17)."""
        letters = (letter for letter in self.organisation.upper() if letter.isascii() and letter.isalnum())
        return "".join(letters) or "ORDER"

    def beside_database(self, end: str) -> Path | None:
        """The file beside the database whose name ends so; None where everything is in memory."""
        path = self.database_path
        return None if path is None else path.with_name(path.name + end)

    @property
    def registered_redirect_uri(self) -> str:
        """The one address to which a browser is sent back after the browser login."""
        return self.redirect_uri or f"{self.public_url}/auth/callback"
