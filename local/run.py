"""`make run`: everything on this machine under one supervisor.

Starts what is missing (PostgreSQL, Redis), migrates, fills an empty database with a demo, then
starts web, worker and sandbox, and prints four addresses. Ctrl-C stops every process it started.
What can go wrong for a person gives one line and an exit code other than 0.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import psycopg
import redis
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from config.settings import PROJECT_DIR, Settings, SettingsError, load_settings
from local.demo_complaints import send_demo_messages
from local.demo_logins import read_logins
from local.environment import (
    EnvironmentFileError,
    LocalEnvironment,
    local_environment,
    read_env_file,
)
from local.postgres import start_postgres
from local.redis import start_redis
from local.server_process import ServerStartError
from local.supervisor import Supervisor
from store.migrate import upgrade

DATABASE = "sahut"
_READY_TIMEOUT_S = 60
_OUR_VARIABLES = ("SAHUT_", "DATABASE_URL", "REDIS_URL")
# Anything that passes the check; the true addresses are known once the servers run.
_PLACEHOLDERS = {"DATABASE_URL": "postgresql://later", "REDIS_URL": "redis://later"}


class RunError(Exception):
    """Why nothing was started: one line for the person at the keyboard."""


def main() -> int:
    """Run until Ctrl-C; return the exit code."""
    os.umask(0o077)  # what the programs write is about people
    _listen_for_the_end()
    try:
        with contextlib.ExitStack() as stack:
            try:
                _run(stack)
            finally:
                _ignore_further_interrupts()
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except (RunError, ServerStartError, EnvironmentFileError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(stack: contextlib.ExitStack) -> NoReturn:
    local = local_environment(read_env_file(PROJECT_DIR / ".env") | dict(os.environ))
    missing = [name for name in _PLACEHOLDERS if not _is_given(local.variables, name)]
    settings = load_settings({**local.variables, **{name: _PLACEHOLDERS[name] for name in missing}})
    stack.enter_context(_only_once(settings.data_dir))
    _require_free_ports(local)

    addresses = _addresses(stack, settings, missing)
    variables = {**local.variables, **addresses}
    for name in addresses:
        variables.pop(f"{name}_FILE", None)
    ours = {name: value for name, value in variables.items() if name.startswith(_OUR_VARIABLES)}
    stack.enter_context(_note(settings.data_dir / "run" / "environment", json.dumps(ours)))
    _migrate(addresses["DATABASE_URL"])
    _fill(variables)

    supervisor = Supervisor()
    stack.callback(supervisor.stop)
    for name, command in _programs(local).items():
        supervisor.start(name, command, variables)
    ended = _wait_until_ready(supervisor, local)
    if ended is None:
        _tell_demo(settings, local)
        _say_addresses(supervisor, settings, local)
        ended = supervisor.wait()
    raise RunError(str(ended))


def _is_given(variables: Mapping[str, str], name: str) -> bool:
    return name in variables or f"{name}_FILE" in variables


def _programs(local: LocalEnvironment) -> dict[str, list[str]]:
    """Commands by name, in the order in which they start."""
    granian = str(Path(sys.executable).with_name("granian"))
    web = [granian, "--interface", "wsgi"]
    web += ["--host", "127.0.0.1", "--port", str(local.web_port), "--no-ws"]
    web += ["--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers"]
    web += ["--log-level", "warning", "wsgi:app"]
    stream = [granian, "--interface", "asgi", "--host", "127.0.0.1", "--no-ws", "--workers", "1"]
    stream += ["--port", str(local.stream_port), "--log-level", "warning", "stream:app"]
    programs = {"web": web, "worker": [sys.executable, str(PROJECT_DIR / "worker.py")]}
    programs["stream"] = stream
    if local.sandbox_port is not None:
        programs["sandbox"] = [sys.executable, "-m", "sandbox"]
    return programs


@contextlib.contextmanager
def _only_once(data_dir: Path) -> Iterator[None]:
    """Hold the data folder, so that two runs never share one database folder."""
    folder = data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o711)  # as root the database's own user must get through, but not look around
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"`make run` is already under way on {data_dir}") from None
        yield


def _require_free_ports(local: LocalEnvironment) -> None:
    ports = {"SAHUT_PORT": local.web_port, "SAHUT_SANDBOX_PORT": local.sandbox_port}
    for variable, port in ports.items():
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                reason = error.strerror or "not usable"
                line = f"Port {port}: {reason}. Choose another one: make run {variable}={port + 1}"
                raise RunError(line) from None


def _addresses(
    stack: contextlib.ExitStack, settings: Settings, missing: Collection[str]
) -> dict[str, str]:
    """Start the servers that no variable names; return both addresses."""
    database_url, redis_url = settings.database_url, settings.redis_url
    if "DATABASE_URL" in missing:
        postgres = start_postgres(settings.data_dir / "postgres")
        stack.callback(postgres.stop)
        if not postgres.has_database(DATABASE):
            postgres.create_database(DATABASE)
        database_url = postgres.url(DATABASE)
    if "REDIS_URL" in missing:
        queue = start_redis(settings.data_dir / "redis")
        stack.callback(queue.stop)
        redis_url = queue.url
    _require_answers(database_url, redis_url)
    stack.enter_context(_note(settings.data_dir / "run" / "database_url", database_url))
    stack.enter_context(_note(settings.data_dir / "run" / "redis_url", redis_url))
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


@contextlib.contextmanager
def _note(path: Path, text: str) -> Iterator[None]:
    """Leave word for commands in a second terminal, as long as we run."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _require_answers(database_url: str, redis_url: str) -> None:
    try:
        psycopg.connect(database_url, connect_timeout=5).close()
    except psycopg.Error:
        raise RunError("DATABASE_URL: no PostgreSQL answers there, or it refuses us") from None
    try:
        with redis.Redis.from_url(redis_url, socket_connect_timeout=5) as client:
            client.ping()
    except redis.RedisError:
        raise RunError("REDIS_URL: no Redis answers there, or it refuses us") from None


def _migrate(database_url: str) -> None:
    try:
        upgrade(database_url)
    except (CommandError, SQLAlchemyError) as error:
        line = str(error).strip().splitlines()[0]
        raise RunError(f"The database could not be migrated: {line}") from None


def _fill(variables: Mapping[str, str]) -> None:
    # A process of its own: the connections and threads that it opens end with it.
    command = [sys.executable, "-m", "local.demo"]
    done = subprocess.run(command, env=dict(variables), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise RunError(f"The database could not be filled: {lines[-1] if lines else 'no message'}")


def _wait_until_ready(supervisor: Supervisor, local: LocalEnvironment) -> str | None:
    """Wait for the first healthy answer; return what ended instead, if something did."""
    urls = [f"http://127.0.0.1:{local.web_port}/readyz"]
    if local.sandbox_port is not None:
        urls.append(f"http://127.0.0.1:{local.sandbox_port}/healthz")
    give_up_at = time.monotonic() + _READY_TIMEOUT_S
    while not all(_answers(url) for url in urls):
        ended = supervisor.wait(timeout_s=0.2)
        if ended is not None:
            return ended
        if time.monotonic() > give_up_at:
            return "The web process does not become ready; its lines above say why"
    return None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - our own loopback
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tell_demo(settings: Settings, local: LocalEnvironment) -> None:
    """Let the demo's citizens write once, into a database that the demo filled."""
    told = settings.data_dir / "run" / "demo-told"
    wanted = local.all_played and bool(read_logins(settings.data_dir)) and not told.exists()
    if wanted and send_demo_messages(settings.sandbox_url, settings.tenant):
        told.touch()


def _say_addresses(supervisor: Supervisor, settings: Settings, local: LocalEnvironment) -> None:
    web = f"http://127.0.0.1:{local.web_port}"
    lines = ["", "Sahut is running. Ctrl-C stops it.", ""]
    lines.append(f"  Public page      {web}/")
    lines.append(f"  Inbox            {web}/inbox")
    lines += [
        f"                     {login.username:<12} {login.password}  {login.role}"
        for login in read_logins(settings.data_dir)
    ]
    if local.sandbox_port is not None:
        lines.append(f"  Phone simulator  http://127.0.0.1:{local.sandbox_port}/")
    lines.append(f"  Health           {web}/readyz")
    supervisor.say("\n".join([*lines, ""]))


def _ignore_further_interrupts() -> None:
    """While we stop things, a second Ctrl-C must not leave some of them running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _listen_for_the_end() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell's & has SIGINT ignored
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means what it says
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
