"""Puts the stand-in providers, the control API and the phone page into one Flask app."""

from collections.abc import Callable

from flask import Blueprint, Flask, Response

from sandbox.call_api import add_call_routes, twilio_calls_blueprint
from sandbox.control_api import control_blueprint
from sandbox.meta_api import GraphVersion, meta_blueprint
from sandbox.meta_send import MetaSend
from sandbox.page import page_blueprint
from sandbox.phone import Providers, build_providers
from sandbox.settings import SandboxSettings
from sandbox.speech_api import add_speech_routes, speech_blueprint
from sandbox.telegram_api import TelegramApi, telegram_blueprint
from sandbox.telegram_send import TelegramSend
from sandbox.twilio_api import twilio_blueprint
from sandbox.twilio_content import twilio_content_blueprint
from sandbox.twilio_send import TwilioSend
from sandbox.twilio_setup import twilio_setup_blueprint
from sandbox.world import World
from sandbox.x_api import x_blueprint
from sandbox.x_inbound import XInbound

_LARGEST_REQUEST_BYTES = 80 * 1024 * 1024  # a 50 MB upload, in base64
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def create_sandbox(settings: SandboxSettings) -> Flask:
    """Build the app. ``app.extensions["sandbox"].close()`` stops its background threads."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_REQUEST_BYTES
    app.url_map.converters["graph_version"] = GraphVersion
    world = World(settings)
    providers = build_providers(world)
    on_x = XInbound(world, providers.deliverer)

    def reset() -> None:
        world.reset()
        providers.forget()
        on_x.forget()

    for blueprint in _blueprints(world, providers, on_x, reset):
        app.register_blueprint(blueprint)
    app.extensions["sandbox"] = world

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


def _blueprints(
    world: World, providers: Providers, on_x: XInbound, reset: Callable[[], None]
) -> list[Blueprint]:
    """Return everything that answers: the page, the control API, each provider."""
    control = control_blueprint(world, providers, reset)
    add_call_routes(control, world, providers.calls)
    add_speech_routes(control, world)
    telegram = TelegramSend(world, providers.telegram)
    return [
        page_blueprint(world),
        control,
        twilio_blueprint(world, TwilioSend(world, providers.twilio)),
        twilio_setup_blueprint(world),
        twilio_content_blueprint(world),
        twilio_calls_blueprint(world, providers.calls),
        telegram_blueprint(world, TelegramApi(world, providers.telegram, telegram)),
        meta_blueprint(world, MetaSend(world, providers.meta)),
        x_blueprint(world, on_x),
        speech_blueprint(world),
    ]
