"""Web entry: settings → runtime → app. `granian --interface wsgi wsgi:app`."""

from config.logging import configure_logging
from config.settings import load_settings
from gateway.app import create_app
from gateway.boot import build_runtime

settings = load_settings()
configure_logging(settings.log_format)
app = create_app(build_runtime(settings))
