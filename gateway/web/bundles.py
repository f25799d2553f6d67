"""The style sheet and the script of a page: one file each, joined in order, named by content.

Pages of the staff have the bundle ``petugas``; the public and whoever logs in, ``publik``.
Budget per first view, compressed: style 28 KB, script 35 KB. Product page, section 4.1.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for

from gateway.web.access import public

blueprint = Blueprint("bundles", __name__)

STATIC = Path(__file__).parents[1] / "static"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_FOR_EVER = "public, max-age=31536000, immutable"

# What comes later wins: in a style sheet within its layer, in a script by acting later.
PARTS = {
    ("publik", "css"): ("sahut.css", "sahut-screens.css"),
    ("publik", "js"): ("app.js", "pengaturan.js"),
    ("petugas", "css"): (
        "sahut.css",
        "sahut-screens.css",
        "daftar.css",
        "jawaban.css",
        "kanal.css",
        "pengaturan.css",
        "recording.css",
        "triage.css",
    ),
    ("petugas", "js"): (
        "app.js",
        "jawaban.js",
        "lapangan.js",
        "pengaturan.js",
        "recording.js",
        "sensor.js",
        "triage.js",
        "live.js",
        "keys.js",
    ),
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is sent: as it is, compressed, and the mark of its content."""

    body: bytes
    packed: bytes
    digest: str


@cache
def bundle(name: str, kind: str) -> Bundle:
    """Join the parts of a bundle; `kind` is ``css`` or ``js``.

    Raises:
        KeyError: there is no such bundle.
    """
    texts = [(STATIC / part).read_text(encoding="utf-8") for part in PARTS[name, kind]]
    if kind == "js":
        # Names stay within their part, and a part that fails stops no other one.
        texts = [f"try {{\n{text}}} catch (error) {{ reportError(error); }}\n" for text in texts]
    body = "".join(texts).encode()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Bundle(body, gzip.compress(body, mtime=0), digest)


def address(name: str, kind: str) -> str:
    """Return the address of a bundle, for templates."""
    digest = bundle(name, kind).digest
    return url_for("bundles.show", name=name, digest=digest, kind=kind)


@blueprint.get("/static/<any(publik, petugas):name>.<digest>.<any(css, js):kind>")
@public
def show(name: str, digest: str, kind: str) -> Response:
    """Send a bundle. One of another version of the service gets ours, and may not keep it."""
    found = bundle(name, kind)
    packs = request.accept_encodings.best_match(["gzip"]) is not None
    answer = Response(found.packed if packs else found.body, content_type=_TYPES[kind])
    if packs:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = _FOR_EVER if digest == found.digest else "no-cache"
    return answer
