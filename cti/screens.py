"""The pages that the switch serves at ``/``: the files of ``cti/pages``, built from ``pages/`` and read once.

They come from here alone and ask nobody else: the policy that goes with them forbids scripts, pictures and lines to other
hosts, and forbids others to put the pages into a frame. A customer's own page may be opened in a frame (``frame-src``),
which can reach nothing of ours.
"""

import gzip
from hashlib import sha256
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "pages"
KINDS = {
    ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain",
}
POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
    "media-src 'self' blob:", "connect-src 'self'", "frame-src https: http:", "font-src 'self'", "worker-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}
_WORTH_PACKING = 1024


class Screen:
    """One file, as it is sent."""

    def __init__(self, path: Path) -> None:
        self.octets = path.read_bytes()
        self.packed = gzip.compress(self.octets, mtime=0) if len(self.octets) > _WORTH_PACKING else None
        self.kind = KINDS[path.suffix]
        self.etag = sha256(self.octets).hexdigest()[:16]

    async def answer(self, request: web.Request) -> web.Response:
        """The file; 304 where the browser has it already."""
        if any(known.value == self.etag for known in request.if_none_match or ()):
            return web.Response(status=304, headers=HEADERS | {"ETag": f'"{self.etag}"'})
        packed = self.packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
        response = web.Response(body=self.packed if packed else self.octets, headers=HEADERS, content_type=self.kind)
        response.charset = "utf-8"
        response.etag = self.etag
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response


def routes() -> list[web.RouteDef]:
    """A route for each file; ``/`` is the page."""
    screens = {path.name: Screen(path) for path in sorted(FOLDER.iterdir()) if path.suffix in KINDS}
    return [web.get("/", screens["index.html"].answer),
            *(web.get(f"/{name}", screen.answer) for name, screen in screens.items() if name != "index.html")]
