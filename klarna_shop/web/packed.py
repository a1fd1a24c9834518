"""A text that changes only with a restart, or with its file: packed once, and sent as the client wants it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

from klarna_shop.web.content_coding import IDENTITY, best_coding, matches


@dataclass(frozen=True, slots=True)
class Packed:
    """A content with its packed form, each with its tag."""

    bodies: Mapping[str, bytes]
    """By content coding."""
    etags: Mapping[str, str]

    @classmethod
    def of(cls, plain: bytes) -> Packed:
        """Pack `plain`."""
        bodies = {IDENTITY: plain, "gzip": gzip.compress(plain, mtime=0)}
        tags = {coding: f'"{blake2b(body, digest_size=12).hexdigest()}"' for coding, body in bodies.items()}
        return cls(bodies, tags)

    def answer(self, request: Request, media_type: str, headers: Mapping[str, str]) -> Response:
        """The form that the client takes and does not have yet."""
        coding = best_coding(request.headers.get("accept-encoding"), self.bodies)
        sent = {**headers, "Vary": "Accept-Encoding", "ETag": self.etags[coding]}
        if matches(request.headers.get("if-none-match"), self.etags[coding]):
            return Response(None, 304, sent)
        if coding != IDENTITY:
            sent["Content-Encoding"] = coding
        return Response(self.bodies[coding], 200, sent, media_type)
