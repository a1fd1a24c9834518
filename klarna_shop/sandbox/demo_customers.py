"""The demo customers: for each case a shop must handle, one account that has it."""

from __future__ import annotations

from dataclasses import dataclass, field

DEMO_PASSWORD = "demo1234"


@dataclass(frozen=True)
class DemoCustomer:
    """One account of the seed. `purposes` says by language what it is for."""

    email: str
    name: str
    purpose_key: str
    purposes: dict[str, str] = field(hash=False)
    password: str = DEMO_PASSWORD

    @property
    def first_name(self) -> str:
        """Given name."""
        return self.name.partition(" ")[0]

    @property
    def last_name(self) -> str:
        """Family name."""
        return self.name.partition(" ")[2]


def demo_customers() -> list[DemoCustomer]:
    """The accounts of the seed, in the order to show them."""
    return [
        _customer(
            "astrid.lundmark",
            "Astrid Lundmark",
            "nothing_bought",
            "har konto men har aldrig köpt något",
            "has an account and has never bought anything",
        ),
        _customer(
            "karin.oberg",
            "Karin Öberg",
            "active_subscriber",
            "prenumererar på Digital, betalar varje månad",
            "subscribes to Digital, pays every month",
        ),
        _customer(
            "nils.sandstrom",
            "Nils Sandström",
            "cancelled",
            "har sagt upp, men har betalat för hela året",
            "has cancelled, but has paid for the whole year",
        ),
        _customer(
            "maja.hellgren",
            "Maja Hellgren",
            "trial_used",
            "har redan haft gratismånaden",
            "has had the free month already",
        ),
        _customer(
            "erik.wiklund",
            "Erik Wiklund",
            "ssn_already_set",
            "kontot har redan ett annat personnummer och ett annat namn än Klarna",
            "the account already has another personal number and another name than Klarna",
        ),
        _customer(
            "eva.wiklund",
            "Eva Wiklund",
            "ssn_already_taken",
            "personnumret hör till någon annans konto",
            "the personal number belongs to somebody else's account",
        ),
        _customer(
            "oskar.falk",
            "Oskar Falk",
            "in_debt",
            "Klarna nekar köpet när det ska genomföras",
            "Klarna refuses the purchase when the order is placed",
        ),
        _customer(
            "linnea.nyberg",
            "Linnéa Nyberg",
            "frozen",
            "kontot är låst efter för många felaktiga försök",
            "the account is frozen after too many failed attempts",
        ),
    ]


def _customer(local_part: str, name: str, purpose_key: str, swedish: str, english: str) -> DemoCustomer:
    return DemoCustomer(f"{local_part}@demo.example", name, purpose_key, {"sv": swedish, "en": english})
