"""Asks an advisory service which locked packages have known weaknesses.

    python -m klarna_shop.operations.supply_chain.audit

The service is OSV's, which knows both ecosystems, or another with the same interface (`OSV_URL`). It is told
names and versions, and nothing of the shop. Exit status 0: none known; 1: some; 3: the service was not
reached, so nothing is known.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import httpx

from klarna_shop.operations.progress import say, stop
from klarna_shop.operations.supply_chain.locked import LockedPackage, locked_packages
from klarna_shop.outbound import blocking_http_client
from klarna_shop.settings import ConfigurationError, load_settings
from klarna_shop.web_address import read_web_address

SERVICE = "https://api.osv.dev"
DEADLINE_SECONDS = 30.0
AT_ONCE = 500
UNREACHED = 3


class NotReached(Exception):
    """The service gave no usable answer in time."""


def weaknesses(
    packages: Sequence[LockedPackage], client: httpx.Client
) -> list[tuple[LockedPackage, tuple[str, ...]]]:
    """The packages with known weaknesses, each with their identifiers.

    Raises:
        NotReached: there is no service here, or it answered something else.
    """
    found = []
    for start in range(0, len(packages), AT_ONCE):
        asked = packages[start : start + AT_ONCE]
        queries = [
            {"package": {"ecosystem": one.ecosystem, "name": one.name}, "version": one.version}
            for one in asked
        ]
        try:
            answer = client.post("/v1/querybatch", json={"queries": queries})
            answer.raise_for_status()
            results = answer.json()["results"]
            known = [tuple(str(one["id"]) for one in result.get("vulns", ())) for result in results]
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotReached(type(error).__name__) from error
        if len(known) != len(asked):
            raise NotReached("an answer of another length")
        found += [(package, names) for package, names in zip(asked, known, strict=True) if names]
    return found


def main() -> int:
    """Ask and tell; the exit status."""
    packages = locked_packages()
    try:
        service = str(read_web_address(os.environ.get("OSV_URL") or SERVICE))
    except ValueError as error:
        return stop(f"OSV_URL takes {error}")
    try:
        way = load_settings().outbound
    except ConfigurationError as failure:
        return stop(str(failure))
    try:
        with blocking_http_client(way, base_url=service, timeout=DEADLINE_SECONDS) as client:
            found = weaknesses(packages, client)
    except NotReached as error:
        return stop(f"The advisory service {service} was not reached ({error}): nothing is known.", UNREACHED)
    for package, names in found:
        say(f"{package.ecosystem} {package.name} {package.version}: {', '.join(names)}")
    if found:
        return stop(f"{len(found)} of {len(packages)} locked packages have known weaknesses.")
    say(f"none of {len(packages)} locked packages has a known weakness")
    return 0


if __name__ == "__main__":
    sys.exit(main())
