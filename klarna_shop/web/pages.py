"""The built front end, answered at the addresses of the UI contract.

An ASGI layer for Reflex's `api_transformer`. A page stands at its address as written, with 200 and
without a trailing slash; everything that is no built file goes on to the layer below. An unknown
address gets the 404 page of the language in its prefix.
"""

from __future__ import annotations

import asyncio
import mimetypes
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from klarna_shop.shop.addresses import address
from klarna_shop.web.content_coding import CODINGS, IDENTITY, best_coding, matches
from klarna_shop.web.inline_parts import NO_PARTS, InlineParts, inline_parts
from klarna_shop.web.page_security import PICTURE, SANDBOX_AT_HOME, PageSecurity

LARGEST_IN_MEMORY = 2_000_000
"""Bytes of a file that is kept in memory; a larger one is read from disk for each request."""

HTML_CACHING = "private, no-cache"
HASHED_CACHING = "public, max-age=31536000, immutable"
OTHER_CACHING = "public, max-age=3600"

NOT_FOUND_PAGES: Mapping[str, tuple[str, ...]] = {"": ("not-found/index.html",)}
"""By address prefix, the built pages that may answer for an unknown address; then Reflex's own."""


def not_found_pages(languages: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The page of each language's tree, and the default language's for all other addresses."""
    prefixes = (address(language, "/").rstrip("/") for language in languages)
    own = {prefix: (f"{prefix[1:]}/not-found/index.html",) for prefix in prefixes if prefix}
    return {**NOT_FOUND_PAGES, **own}


_BUILD_BY_PRODUCTS = (".html", ".br", ".gz", ".zst")


def built_folder() -> Path:
    """Where Reflex leaves the finished front end."""
    return Path(os.environ.get("REFLEX_WEB_WORKDIR", ".web")).resolve() / "build" / "client"


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file of the build with its precompressed forms, as it stood at `version`."""

    path: Path
    version: tuple[int, int]
    media_type: str
    bodies: Mapping[str, bytes]
    """Content by content coding; empty for a file too large to keep."""
    etags: Mapping[str, str]
    parts: InlineParts = NO_PARTS
    """Of a page: what it brings along in itself."""

    @property
    def is_html(self) -> bool:
        """Whether this is a page and not something that a page refers to."""
        return self.media_type.startswith("text/html")


class BuiltPages:
    """Serves the pages and files of `folder` in front of `app`.

    The folder is read when asked, so it may be built or rebuilt while the server runs.
    """

    def __init__(
        self,
        app: ASGIApp,
        folder: Path | None = None,
        not_found_pages: Mapping[str, tuple[str, ...]] = NOT_FOUND_PAGES,
        security: PageSecurity = SANDBOX_AT_HOME,
    ) -> None:
        self.app = app
        self.security = security
        self.folder = folder or built_folder()
        self.not_found_pages = sorted(not_found_pages.items(), key=lambda page: -len(page[0]))
        self._files: dict[Path, BuiltFile] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an address of the build; hand on everything else."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, self._with_headers(send) if scope["type"] == "http" else send)
            return
        response = await self._own_response(scope)
        if response is not None:
            await response(scope, receive, self._with_headers(send))
            return
        await self._pass_on(scope, receive, send)

    async def _own_response(self, scope: Scope) -> Response | None:
        """The answer from the build, or None where the address is not one of its."""
        address: str = scope["path"] or "/"
        if not _is_plain(address):
            return await self._not_found(scope)
        if address != "/" and address.endswith("/"):
            if await self._page(address.rstrip("/")) is None:
                return None
            query = scope["query_string"].decode("latin-1")
            location = quote(address.rstrip("/")) + (f"?{query}" if query else "")
            return RedirectResponse(location, status_code=308)
        if address.endswith(_BUILD_BY_PRODUCTS):
            return await self._not_found(scope)
        if (page := await self._page(address)) is not None:
            # The 404 page has an address because it is a page; it still says that nothing is there.
            return (
                await self._not_found(scope) if self._is_not_found_page(page) else self._respond(page, scope)
            )
        file = await self._file(self.folder / address.lstrip("/"))
        return None if file is None else self._respond(file, scope)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the layer below answer, and give its plain 404 the face of the shop."""
        replaced = False
        outward = self._with_headers(send)

        async def watch(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 404:
                content_type = Headers(raw=message["headers"]).get("content-type", "")
                replaced = content_type.startswith(("text/html", "text/plain"))
            if not replaced:
                await outward(message)

        await self.app(scope, receive, watch)
        if replaced:
            await (await self._not_found(scope))(scope, receive, outward)

    async def _not_found(self, scope: Scope) -> Response:
        address = scope["path"]
        for prefix, names in self.not_found_pages:
            if address == prefix or address.startswith(f"{prefix}/"):
                for name in (*names, "404.html"):
                    if (page := await self._file(self.folder / name)) is not None:
                        return self._respond(page, scope, status=404)
        return Response("Not found", 404, {"Cache-Control": HTML_CACHING}, "text/plain")

    def _is_not_found_page(self, page: BuiltFile) -> bool:
        name = page.path.relative_to(self.folder).as_posix()
        return any(name in names for _, names in self.not_found_pages)

    async def _page(self, address: str) -> BuiltFile | None:
        """The page at `address`, a path that begins with a slash and ends with none but the root's."""
        name = address.strip("/")
        for candidate in (f"{name}/index.html", f"{name}.html") if name else ("index.html",):
            if (page := await self._file(self.folder / candidate)) is not None:
                return page
        return None

    async def _file(self, path: Path) -> BuiltFile | None:
        try:
            # One look at local metadata takes less time than handing it to a thread would.
            status = path.stat()  # noqa: ASYNC240
        except (OSError, ValueError):
            self._files.pop(path, None)
            return None
        known = self._files.get(path)
        if known is None or known.version != (status.st_mtime_ns, status.st_size):
            known = await asyncio.to_thread(_read, path, self.folder)
            if known is not None:
                self._files[path] = known
        return known

    def _respond(self, file: BuiltFile, scope: Scope, status: int = 200) -> Response:
        request = Headers(scope=scope)
        headers = {"Vary": "Accept-Encoding", "Cache-Control": _caching(file, scope)}
        if file.is_html:
            headers |= self.security.for_page(self._address(file), file.parts)
        if not file.bodies or ("range" in request and status == 200 and not file.is_html):
            # Parts are counted in the file as it is, so they are never taken from a packed form.
            return FileResponse(file.path, status, headers, file.media_type)
        coding = best_coding(request.get("accept-encoding"), file.bodies)
        headers["ETag"] = file.etags[coding]
        if status == 200 and matches(request.get("if-none-match"), file.etags[coding]):
            return Response(None, 304, headers)
        if coding != IDENTITY:
            headers["Content-Encoding"] = coding
        headers["Content-Type"] = file.media_type
        headers["Content-Length"] = str(len(file.bodies[coding]))
        return Response(b"" if scope["method"] == "HEAD" else file.bodies[coding], status, headers)

    def _address(self, page: BuiltFile) -> str:
        """Where a page was built to stand."""
        name = page.path.relative_to(self.folder).as_posix()
        return "/" + name.removesuffix(".html").removesuffix("index").rstrip("/")

    def _with_headers(self, send: Send) -> Send:
        """Add the headers every answer carries, where the layer below has not set its own."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                wanted = self.security.for_every_answer()
                content_type = headers.get("content-type", "")
                if content_type.startswith("text/html"):
                    wanted |= self.security.for_other_page()
                elif content_type.startswith("image/svg+xml"):
                    wanted["Content-Security-Policy"] = PICTURE
                for name, value in wanted.items():
                    headers.setdefault(name, value)
            await send(message)

        return add


def _is_plain(address: str) -> bool:
    """Whether each part of a path is a plain name: nothing that climbs, hides or starts another host."""
    if "\\" in address or "\0" in address or "//" in address:
        return False
    parts = address.split("/")[1:]
    if parts[:1] == [".well-known"]:
        parts = parts[1:]
    return not any(part.startswith(".") for part in parts)


def _read(path: Path, folder: Path) -> BuiltFile | None:
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return None
    status = path.stat()
    version = (status.st_mtime_ns, status.st_size)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix in {".js", ".mjs"}:
        media_type = "text/javascript"
    if media_type.startswith("text/") or media_type in {"application/json", "image/svg+xml"}:
        media_type += "; charset=utf-8"
    if status.st_size > LARGEST_IN_MEMORY:
        return BuiltFile(path, version, media_type, {}, {})
    bodies = {IDENTITY: path.read_bytes()}
    for coding, suffix in CODINGS.items():
        packed = path.with_name(path.name + suffix)
        # A packed form older than its source is left over from another build.
        if packed.is_file() and packed.stat().st_mtime_ns >= status.st_mtime_ns:
            bodies[coding] = packed.read_bytes()
    etags = {coding: f'"{blake2b(body, digest_size=12).hexdigest()}"' for coding, body in bodies.items()}
    parts = inline_parts(bodies[IDENTITY]) if path.suffix == ".html" else NO_PARTS
    return BuiltFile(path, version, media_type, bodies, etags, parts)


def _caching(file: BuiltFile, scope: Scope) -> str:
    if file.is_html:
        return HTML_CACHING
    # Reflex names what it bundles by content, and adds `?v=<content hash>` to what it refers to.
    versioned = parse_qs(scope["query_string"].decode("latin-1")).get("v", [""])[0]
    if scope["path"].startswith("/assets/") or re.fullmatch(r"[0-9a-f]{8,64}", versioned):
        return HASHED_CACHING
    return OTHER_CACHING
