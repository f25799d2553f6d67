"""Serves the sandbox: one process, many threads, because its memory is its state."""

import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.app import create_sandbox
from sandbox.settings import SandboxSettings
from sandbox.world import World


class _SilentHandler(WSGIRequestHandler):
    """Telegram's addresses hold the bot token: requests are not logged."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  werkzeug's name
        pass


class SandboxServer:
    """A running sandbox.

    Raises:
        OSError: the port is in use (on construction).
    """

    def __init__(self, settings: SandboxSettings) -> None:
        app = create_sandbox(settings)
        self.world: World = app.extensions["sandbox"]
        try:
            self._server: BaseWSGIServer = make_server(
                settings.host,
                settings.port,
                app,
                threaded=True,
                request_handler=_SilentHandler,
            )
        except SystemExit as error:
            # Werkzeug prints its own lines and exits; the caller decides what to say.
            self.world.close()
            raise OSError(f"port {settings.port} is in use") from error
        self._thread: threading.Thread | None = None

    def serve(self) -> None:
        """Serve until `close`, or until the process is interrupted."""
        self._server.serve_forever(poll_interval=0.05)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self.serve, name="sandbox-server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and stop the background threads."""
        self.world.close()
        self._server.shutdown()
        self._server.server_close()
        if self._thread is not None:
            self._thread.join(timeout=5)
