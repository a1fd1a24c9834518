"""Keyed digests of buyers' e-mail addresses: one buyer is recognised in two browsers, and no address is kept.

Two canonical forms, each with digests of its own:

* `account_address` folds what Payway takes for the same account (case, payway-api.md §10.2) and what the same
  address can be written as: blanks around it, Unicode normal form, the domain in IDNA. `anna+1@` is another
  account than `anna@`, and may buy beside it.
* `person_address` also folds tags after a plus sign and dots, which lead to one mailbox at the large mail
  services. It serves the limit of trials: two readers whose addresses differ in a dot alone share a trial.

The key of the digests is random and lies in the database, encrypted under each key of `SECRET_KEY`. A new
`SECRET_KEY` in front of the old one (`new,old`) gets its own copy at the start, so that digests stay the same
when the old one is dropped. Where no configured key opens a copy, a new key is made: earlier digests match
nothing any more, and the log says so.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlmodel import Session, col, select

from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import CannotDecrypt, Encryption
from klarna_shop.shop.purchase.tables import AddressDigestKey

log = logging.getLogger(__name__)

PURPOSE = "key of e-mail digests"
_ONE_DOMAIN = {"googlemail.com": "gmail.com"}
"""Domains under which the same mailboxes answer."""


@dataclass
class AddressDigests:
    """Digests of addresses under the shop's own key, which is read once in a process."""

    database: Database
    secret_keys: tuple[str, ...] = field(repr=False)
    _key: bytes | None = field(default=None, init=False, repr=False)

    async def of_account(self, email: str) -> str | None:
        """The digest of the Payway account that an address belongs to; None without an address."""
        return await self._digest("account", account_address(email))

    async def of_person(self, email: str) -> str | None:
        """The digest of the mailbox that an address leads to; None without an address."""
        return await self._digest("person", person_address(email))

    async def load(self) -> bytes:
        """Read the key, making it where there is none, and give each key of `SECRET_KEY` a copy of it."""
        if self._key is None:
            self._key = bytes.fromhex(await self._read())
        return self._key

    async def _digest(self, kind: str, canonical: str) -> str | None:
        if not canonical:
            return None
        return hmac.new(await self.load(), f"{kind} {canonical}".encode(), hashlib.sha256).hexdigest()

    async def _read(self) -> str:
        ciphers = [Encryption((key,), PURPOSE) for key in self.secret_keys]
        # Under a lock: two processes that start on an empty database must not make a key each.
        key, is_lost = await self.database.write(partial(_copied_key, ciphers=ciphers), lock=PURPOSE)
        if is_lost:
            log.error(
                "the key of e-mail digests cannot be read; is a key missing in SECRET_KEY?"
                " Trials and purchases of before are not recognised by their address any more"
            )
        return key


def _copied_key(session: Session, ciphers: Sequence[Encryption]) -> tuple[str, bool]:
    """Return the key, giving each cipher its copy; True if there was a key that none of them reads."""
    rows = session.exec(select(AddressDigestKey).order_by(col(AddressDigestKey.id))).all()
    found: str | None = None
    without_copy = set(range(len(ciphers)))
    for row in rows:
        for number, cipher in enumerate(ciphers):
            try:
                plain = cipher.decrypt(row.key_encrypted)
            except CannotDecrypt:
                continue
            found = found or plain
            if plain == found:
                without_copy.discard(number)
            else:
                # Made while the older key could not be read; the older one counts again.
                session.delete(row)
    key = found or secrets.token_hex(32)
    for number in sorted(without_copy):
        session.add(AddressDigestKey(key_encrypted=ciphers[number].encrypt(key)))
    return key, found is None and bool(rows)


async def is_key_lost(database: Database, secret_keys: tuple[str, ...]) -> bool:
    """Return True if there is a key of digests and none of these keys of `SECRET_KEY` opens a copy of it."""
    copies = await database.read(lambda session: session.exec(select(AddressDigestKey.key_encrypted)).all())
    cipher = Encryption(secret_keys, PURPOSE)
    return bool(copies) and not any(cipher.decrypt_or_nothing(copy) for copy in copies)


def account_address(email: str) -> str:
    """The address in the one form that stands for its Payway account; empty where it is none."""
    local, domain = _parts(unicodedata.normalize("NFC", email))
    return f"{unicodedata.normalize('NFC', local.lower())}@{domain}" if local and domain else ""


def person_address(email: str) -> str:
    """The address in the one form that stands for its mailbox; empty where it is none."""
    local, domain = _parts(unicodedata.normalize("NFKC", email))
    if not local or not domain:
        return ""
    local = unicodedata.normalize("NFKC", local.casefold())
    mailbox = local.partition("+")[0].replace(".", "") or local
    return f"{mailbox}@{_ONE_DOMAIN.get(domain, domain)}"


def _parts(email: str) -> tuple[str, str]:
    local, _, domain = email.strip().rpartition("@")
    domain = domain.lower().rstrip(".")
    try:
        return local, domain.encode("idna").decode()
    except UnicodeError:
        # A label that is empty or too long: no mail arrives there, and it still is one address.
        return local, domain
