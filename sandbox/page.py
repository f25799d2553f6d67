"""The phone page, its files, and the CDN from which the gateway fetches media."""

import hmac
import time

from flask import Blueprint, Response, jsonify, render_template, request

from sandbox.control_api import citizen_json
from sandbox.faults import FAULTS
from sandbox.meta_inbound import link_signature
from sandbox.thread import StoredFile
from sandbox.world import World

# Shown in the browser as what they are; everything else is a download.
_INLINE = ("image/", "audio/", "video/")
_S3_REFUSAL = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidArgument</Code><Message>Only one '
    "auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
    "parameter or the Authorization header should be specified</Message></Error>"
)
# (switch, fault or special) in the order of the page; the rest of FAULTS is for tests only
PAGE_FAULTS = (
    "thrice",
    "out_of_order",
    "late",
    "not_registered",
    "blocked",
    "throttled",
    "server_error",
    "timeout",
)
CHANNEL_LABELS = (
    ("whatsapp", "WhatsApp"),
    ("sms", "SMS"),
    ("telegram", "Telegram"),
    ("messenger", "Messenger"),
    ("instagram", "Instagram"),
    ("voice", "Telepon"),
)


def page_blueprint(world: World) -> Blueprint:
    """Build the page."""
    blueprint = Blueprint("page", __name__)
    views = PageViews(world)
    add = blueprint.add_url_rule
    add("/", "phone", views.phone)
    add("/healthz", "healthz", views.healthz)
    add("/files/<identifier>", "file", views.file)
    add("/cdn/twilio/<identifier>", "twilio_cdn", views.twilio_cdn)
    add("/cdn/meta/<identifier>", "meta_cdn", views.meta_cdn)
    return blueprint


class PageViews:
    """The page, the files it shows, and the two content networks."""

    def __init__(self, world: World) -> None:
        self._world = world

    def phone(self) -> str:
        """The phone."""
        settings = self._world.settings
        return render_template(
            "phone.html",
            brand=settings.brand,
            inbox_url=settings.inbox_address,
            channels=CHANNEL_LABELS,
            faults=[(name, *FAULTS[name]) for name in PAGE_FAULTS],
            citizens=[citizen_json(one) for one in self._world.citizens.values()],
        )

    def healthz(self) -> Response:
        """Whether the process answers, and how much it still has to do."""
        return jsonify({"status": "ok", "pending": self._world.dispatcher.pending})

    def file(self, identifier: str) -> Response:
        """A file as the phone shows it."""
        found = self._world.files.get(identifier)
        if found is None:
            return Response("Berkas tidak ada.", status=404, mimetype="text/plain")
        return _as_file(found)

    def twilio_cdn(self, identifier: str) -> Response:
        """Where Twilio's media really are: a store that takes no second kind of credentials."""
        if "Authorization" in request.headers:
            return Response(_S3_REFUSAL, status=400, mimetype="application/xml")
        found = self._world.files.get(identifier)
        if found is None:
            return Response(status=404)
        return Response(found.content, mimetype=found.mime)

    def meta_cdn(self, identifier: str) -> Response:
        """Meta's public, signed, expiring links."""
        expires, given = request.args.get("oe", ""), request.args.get("oh", "")
        expected = link_signature(self._world.settings, identifier, expires)
        valid = hmac.compare_digest(given.encode(), expected.encode())
        if not valid or int(expires, 16) < time.time():
            return Response("URL signature expired", status=403, mimetype="text/plain")
        found = self._world.files.get(identifier)
        if found is None or self._world.faults.take("media_missing", "messenger", None):
            return Response(status=404)
        return Response(found.content, mimetype=found.mime)


def _as_file(found: StoredFile) -> Response:
    inline = found.mime.startswith(_INLINE) and found.mime != "image/svg+xml"
    answer = Response(found.content, mimetype=found.mime if inline else "application/octet-stream")
    name = "".join(one if one.isalnum() or one in "._-" else "_" for one in found.filename)
    answer.headers["Content-Disposition"] = (
        "inline" if inline else f'attachment; filename="{name.encode("ascii", "replace").decode()}"'
    )
    return answer
