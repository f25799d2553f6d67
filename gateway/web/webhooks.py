"""Webhooks of the platforms: raw bytes in, the use case's answer out. No logic here."""

from flask import Blueprint, Response, abort, request

from channels.webhook import WebhookReply, WebhookRequest
from gateway.dialogue import calls
from gateway.intake import intake
from gateway.media import media_links
from gateway.web.access import runtime, webhook

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

_MAX_BODY_BYTES = 3 * 1024 * 1024  # Meta's largest batch


@blueprint.post("/twilio/messaging")
@webhook
def twilio_messaging() -> Response:
    """WhatsApp and SMS messages."""
    return _receive("twilio")


@blueprint.post("/twilio/status")
@webhook
def twilio_status() -> Response:
    """What became of a WhatsApp or SMS message that we sent."""
    return _receive("twilio")


@blueprint.post("/twilio/voice")
@blueprint.post("/twilio/voice/action")
@blueprint.post("/twilio/voice/recording")
@blueprint.post("/twilio/voice/keys")
@webhook
def twilio_voice() -> Response:
    """Calls, their recordings, and what callers choose."""
    return _receive("voice")


@blueprint.post("/twilio/voice/again")
@blueprint.post("/twilio/voice/ticket")
@webhook
def twilio_call() -> Response:
    """What a caller hears who said nothing, or waits for the number."""
    return _response(calls.speak(runtime(), _arrived()))


@blueprint.post("/telegram")
@webhook
def telegram() -> Response:
    """Updates of the bot."""
    return _receive("telegram")


@blueprint.route("/meta", methods=["GET", "POST"])
@webhook
def meta() -> Response:
    """Messenger, Instagram, WhatsApp Cloud, and the check when the webhook is set up."""
    return _receive("meta")


@blueprint.route("/kannel/mo", methods=["GET", "POST"])
@blueprint.route("/kannel/dlr", methods=["GET", "POST"])
@webhook
def kannel() -> Response:
    """SMS by Kannel, and what became of those that we sent."""
    return _receive("kannel")


@blueprint.route("/<provider>", methods=["GET", "POST"])
@webhook
def platform(provider: str) -> Response:
    """The one address of a platform that is a single line of the registry, such as X."""
    return _receive(provider)


@blueprint.get("/lampiran/<int:attachment_id>/<int:expires>/<signature>")
@webhook
def outgoing_medium(attachment_id: int, expires: int, signature: str) -> Response:
    """An attachment of ours that a platform fetches; the address itself is signed."""
    content, mime = media_links.open_link(runtime(), attachment_id, expires, signature)
    return Response(content, content_type=mime)


def _receive(provider: str) -> Response:
    return _response(intake.receive(runtime(), provider, _arrived()))


def _arrived() -> WebhookRequest:
    # Before anything touches the form: the signature is over these bytes.
    request.max_content_length = _MAX_BODY_BYTES
    body = request.get_data(cache=True)
    if len(body) < (request.content_length or 0):
        # The server hands over what came before the line broke. Half a message taken in would
        # make the whole one, which is sent again, a repetition.
        abort(400)
    return WebhookRequest(
        method=request.method,
        url=_public_url(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        peer=request.remote_addr,
    )


def _public_url() -> str:
    """Return the address as the platform called it; behind a proxy only our settings know it."""
    query = request.query_string.decode("latin-1")
    return f"{runtime().profile.public_url}{request.path}{'?' + query if query else ''}"


def _response(reply: WebhookReply) -> Response:
    return Response(reply.body, status=reply.status, content_type=reply.content_type)
