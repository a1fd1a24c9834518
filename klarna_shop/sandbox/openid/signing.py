"""Signature keys of the sandbox: generated at first use, kept in its database and nowhere else."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, JWKRegistry, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import SigningKey

RSA_BITS = 2048
ALGORITHMS = ("RS256", "ES256")
_Key = RSAKey | ECKey


async def signed(services: Services, claims: dict[str, Any]) -> str:
    """Return a JWT of these claims, as the readings have it signed."""
    readings = services.readings
    key = (await _keys(services))[readings.openid_algorithm]
    header: dict[str, Any] = {"alg": readings.openid_algorithm}
    if readings.openid_names_key:
        header["kid"] = str(key.kid)
    return jwt.encode(header, claims, key, algorithms=list(ALGORITHMS))


async def published(services: Services) -> dict[str, Any]:
    """Return the JWK set: the public halves of the keys that sign at present."""
    keys = await _keys(services)
    return {
        "keys": [
            {**key.as_dict(private=False), "kid": key.kid, "use": "sig", "alg": algorithm}
            for algorithm, key in keys.items()
        ]
    }


async def _keys(services: Services) -> dict[str, _Key]:
    """Return the key of each algorithm; with the reading of a rotated key, the next ones."""
    generation = services.readings.openid_signing_key
    query = select(SigningKey).where(SigningKey.generation == generation)
    rows = await services.database.read(lambda session: list(session.scalars(query)))
    if not rows:
        made = await asyncio.to_thread(_generated, generation)

        def keep(session: Session) -> list[SigningKey]:
            # Another process may have been first; its keys count.
            kept = list(session.scalars(query))
            session.add_all([] if kept else made)
            return kept or made

        rows = await services.database.write(keep)
    return {row.algorithm: _imported(row) for row in rows}


def _generated(generation: int) -> list[SigningKey]:
    keys: dict[str, _Key] = {
        "RS256": RSAKey.generate_key(RSA_BITS, auto_kid=True),
        "ES256": ECKey.generate_key("P-256", auto_kid=True),
    }
    return [
        SigningKey(
            id=str(key.kid),
            generation=generation,
            algorithm=algorithm,
            private_key=json.dumps(key.as_dict(private=True)),
        )
        for algorithm, key in keys.items()
    ]


def _imported(row: SigningKey) -> _Key:
    key = JWKRegistry.import_key({**json.loads(row.private_key), "kid": row.id})
    assert isinstance(key, RSAKey | ECKey)
    return key
