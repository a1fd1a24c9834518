"""The coverage as rows, what is wrong with it, and the document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from klarna_shop.operations.coverage.calls import client_functions
from klarna_shop.operations.coverage.endpoints import NAMED, TOKEN, NamedEndpoint
from klarna_shop.operations.coverage.exercised import exercising
from klarna_shop.sandbox.api import ENDPOINTS
from klarna_shop.sandbox.api.grants import GRANTS
from klarna_shop.sandbox.openid.declared import OPERATIONS

_INTRODUCTION = """# Coverage of the Payway API

Written by `make coverage-table` and checked by a test. *Known* is the mark of the reference: documented,
client (done by the vendor's own published client), inferred or unknown. Paths are below `/external/api`,
but for the token endpoint and those of the OpenID provider, most of whose addresses discovery names.
Functions are those of `PaywayClient`. Tests are the conformance suite's probes and the folders of `tests/`
where the address is named; tests of the shop exercise most endpoints besides.
"""


@dataclass(frozen=True)
class Row:
    """One endpoint with who has it."""

    endpoint: NamedEndpoint
    client: tuple[str, ...]
    sandbox: str
    tests: tuple[str, ...]


def rows() -> list[Row]:
    """The rows, in the reference's order."""
    client, sandbox = client_functions(), sandbox_handlers()
    tests = exercising([endpoint.operation for endpoint in NAMED])
    return [
        Row(
            endpoint,
            tuple(client.get(endpoint.operation, ())),
            sandbox.get(endpoint.operation, ""),
            tuple(tests[endpoint.operation]),
        )
        for endpoint in NAMED
    ]


@cache
def sandbox_handlers() -> dict[str, str]:
    """Where the sandbox serves each operation."""
    served = {
        f"{one.method} {one.path}": f"{one.handler.__module__.rpartition('.')[2]}.{one.handler.__name__}"
        for one in ENDPOINTS
    }
    grants = {f"{TOKEN} {grant.name}": "grants" for grant in GRANTS}
    openid = {one.name: f"openid {one.path}" for one in OPERATIONS}
    return served | grants | openid


def faults(found: Sequence[Row]) -> Iterator[str]:
    """What contradicts the promise that everything that is not left out is there and tested."""
    named = {row.endpoint.operation for row in found}
    for who, operations in (("client", client_functions()), ("sandbox", sandbox_handlers())):
        for operation in sorted(set(operations) - named):
            yield f"{operation} is in the {who} and not in the list of endpoints"
    for row in found:
        yield from _faults_of(row)


def _faults_of(row: Row) -> Iterator[str]:
    endpoint = row.endpoint
    if endpoint.left_out:
        if row.client or row.sandbox:
            yield f"{endpoint.operation} is said to be left out and is there"
        return
    if not row.sandbox:
        yield f"{endpoint.operation} is not in the sandbox"
    if bool(row.client) == bool(endpoint.no_client):
        yield f"{endpoint.operation} is {'' if row.client else 'not '}in the client"
    if not row.tests:
        yield f"{endpoint.operation} has no test"


def document(found: Sequence[Row]) -> str:
    """The document in Markdown."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Sequence[Row]) -> Iterator[str]:
    there = [row for row in found if not row.endpoint.left_out]
    yield _INTRODUCTION
    called = sum(bool(row.client) for row in there)
    yield f"Of {len(there)} endpoints the sandbox serves {sum(bool(row.sandbox) for row in there)},"
    yield f"and the client calls {called}."
    yield from (
        "",
        "| endpoint | § | known | client | sandbox | tests |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    for row in there:
        client = ", ".join(f"`{name}`" if " " not in name else name for name in row.client)
        cells = (
            f"`{row.endpoint.operation}`",
            row.endpoint.section,
            row.endpoint.mark.value,
            client or row.endpoint.no_client,
            f"`{row.sandbox}`" if row.sandbox else "",
            ", ".join(row.tests),
        )
        yield f"| {' | '.join(cells)} |"
    yield from ("", "## Left out", "", "| endpoint | § | known | why |", "| --- | --- | --- | --- |")
    for row in found:
        if row.endpoint.left_out:
            one = row.endpoint
            yield f"| `{one.operation}` | {one.section} | {one.mark.value} | {one.left_out} |"
