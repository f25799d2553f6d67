"""Entry of the event streams. `granian --interface asgi --workers 1 stream:app`."""

from config.logging import configure_logging
from config.settings import load_settings
from gateway.boot import build_runtime
from gateway.stream_server import StreamServer

settings = load_settings()
configure_logging(settings.log_format)
app = StreamServer(build_runtime(settings))
