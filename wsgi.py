"""Web entry: settings → runtime → app. `granian --interface wsgi wsgi:app`."""

from dataclasses import replace

from werkzeug.middleware.proxy_fix import ProxyFix

from config.logging import configure_logging
from config.settings import load_settings
from gateway.app import create_app
from gateway.boot import build_runtime
from gateway.nudging import DeferredNudger

settings = load_settings()
configure_logging(settings.log_format)
runtime = build_runtime(settings)
app = create_app(replace(runtime, nudger=DeferredNudger(runtime.nudger)))
if settings.trusted_proxies:
    hops = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
