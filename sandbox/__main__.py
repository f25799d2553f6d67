"""`python -m sandbox --port 8090 --target http://127.0.0.1:8080`."""

import os
import signal
import sys
from types import FrameType

from sandbox.server import SandboxServer
from sandbox.settings import load_settings


def main() -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    settings = load_settings(sys.argv[1:], os.environ)
    try:
        server = SandboxServer(settings)
    except OSError as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    signal.signal(signal.SIGTERM, _interrupt)
    sys.stdout.write(f"sandbox: {settings.base_url}  ->  {settings.target}\n")
    sys.stdout.flush()
    try:
        server.serve()
    except KeyboardInterrupt:
        server.world.close()
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
