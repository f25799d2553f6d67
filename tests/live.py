"""The whole service as processes, for journeys, browser stories, fault tests and benchmarks.

Web, worker and sandbox run as they do under `make run`, with short timers; PostgreSQL and Redis
are the caller's. Every process belongs to the caller and ends with it, however it ends.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sandbox import defaults

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = ("sandbox", "web", "worker")
T = TypeVar("T")

_LEASH = ROOT / "local" / "leash.py"
_START_S = 90.0
_SETTLE_S = 45.0
_STOP_S = 30.0


@dataclass
class Stack:
    """One running service.

    Attributes:
        home: data folder of this service; holds the logs too.
        web_url: origin of the pages and webhooks.
        sandbox_url: origin of the stand-in providers and of the phone page.
        environment: what its processes see.
    """

    home: Path
    web_url: str
    sandbox_url: str
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """Where its rows are."""
        return self.environment["DATABASE_URL"]

    def fill(self, module: str) -> None:
        """Put a government and its officers into the empty database."""
        command = [sys.executable, "-m", module]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def start(self, name: str) -> None:
        """Start one of ``web``, ``worker``, ``sandbox`` and wait until it works."""
        # The leash ends the process when we are killed; its own session lets us end its children.
        command = [sys.executable, str(_LEASH), str(int(signal.SIGTERM)), "-"]
        command += self._command(name)
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if name != "worker":
            origin = self.web_url if name == "web" else self.sandbox_url
            self._await(name, f"{origin}/healthz")

    def kill(self, name: str) -> None:
        """End one process and its children as a crash would."""
        process = self.processes.pop(name)
        _signal_group(process, signal.SIGKILL)
        process.wait()

    def restart(self, name: str) -> None:
        """Kill one process and start it again."""
        self.kill(name)
        self.start(name)

    def stop(self) -> None:
        """End every process in an orderly way."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_S)
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def log(self, name: str) -> str:
        """What a process printed so far."""
        path = self.home / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def sandbox(self, method: str, path: str, body: Any = None) -> Any:
        """Call the sandbox's control interface and return its JSON."""
        return call(method, f"{self.sandbox_url}{path}", body)

    def _command(self, name: str) -> list[str]:
        if name == "web":
            granian = str(Path(sys.executable).with_name("granian"))
            measured = any(variable.startswith("COV") for variable in self.environment)
            entry = "tests.measured_wsgi:app" if measured else "wsgi:app"
            return [granian, "--interface", "wsgi", "--host", "127.0.0.1",
                    "--port", _port(self.web_url), "--no-ws", "--workers", "1",
                    "--blocking-threads", "4", "--respawn-failed-workers",
                    "--log-level", "warning", entry]  # fmt: skip
        if name == "worker":
            return [sys.executable, "worker.py"]
        return [sys.executable, "-m", "sandbox", "--port", _port(self.sandbox_url),
                "--target", self.web_url, "--read-after-s", "1.5"]  # fmt: skip

    def _await(self, name: str, url: str) -> None:
        give_up_at = time.monotonic() + _START_S
        while time.monotonic() < give_up_at:
            if self.processes[name].poll() is not None:
                raise AssertionError(f"{name} ended at its start:\n{self.log(name)[-3000:]}")
            try:
                call("GET", url)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"{name} does not answer:\n{self.log(name)[-3000:]}")


def call(method: str, url: str, body: Any = None) -> Any:
    """Make one HTTP call with a JSON body and return the JSON answer, or the text."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 (loopback, built by the test)
        url, data=data, method=method, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 (see above)
        text = answer.read().decode()
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def eventually(look: Callable[[], T], what: str, within_s: float = _SETTLE_S) -> T:
    """Return the first true result of `look`; fail with `what` when it never comes.

    Waiting for other processes is what this is for; it asserts that something happens, never
    how fast.
    """
    give_up_at = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > give_up_at:
            raise AssertionError(f"never seen: {what}; last: {found!r}")
        time.sleep(0.1)


def free_ports() -> tuple[int, int]:
    """Return two ports on loopback that nobody listens on right now."""
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def running_stack(
    home: Path,
    ports: tuple[int, int],
    database_url: str,
    redis_url: str,
    processes: Sequence[str] = PROCESSES,
    *,
    seed: str = "tests.seed",
) -> Iterator[Stack]:
    """Fill a migrated database, start sandbox, web and worker on it, stop them at the end.

    Args:
        home: data folder.
        ports: free ports of web and sandbox.
        database_url: migrated and empty.
        redis_url: of a Redis that nobody else uses meanwhile.
        processes: those to start now; the others when the test says so.
        seed: the program that fills the database.
    """
    web_url, sandbox_url = (f"http://127.0.0.1:{port}" for port in ports)
    environment = _environment(home, web_url, sandbox_url)
    environment |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    stack = Stack(home, web_url, sandbox_url, environment)
    stack.fill(seed)
    try:
        for name in processes:
            stack.start(name)
        yield stack
    finally:
        stack.stop()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _port(url: str) -> str:
    return url.rsplit(":", 1)[1]


def _environment(home: Path, web_url: str, sandbox_url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    coverage = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    return {
        **kept,
        **coverage,
        "SAHUT_DATA_DIR": str(home),
        "SAHUT_PUBLIC_BASE_URL": web_url,
        "SAHUT_SANDBOX": "true",
        "SAHUT_SANDBOX_URL": sandbox_url,
        "SAHUT_QUIET_PERIOD_S": "4",
        "SAHUT_BURST_CAP_S": "20",
        "SAHUT_MEDIA_WAIT_S": "8",
        "SAHUT_TICK_S": "1",
        "SAHUT_SWEEP_S": "2",
        "SAHUT_QUIET_HOURS": "false",
        **_credentials(sandbox_url),
    }


def _credentials(sandbox_url: str) -> dict[str, str]:
    return {
        "SAHUT_TWILIO_ACCOUNT_SID": defaults.TWILIO_ACCOUNT_SID,
        "SAHUT_TWILIO_AUTH_TOKENS": defaults.TWILIO_AUTH_TOKEN,
        "SAHUT_TWILIO_WHATSAPP_NUMBER": defaults.TWILIO_WHATSAPP_NUMBER,
        "SAHUT_TWILIO_SMS_NUMBER": defaults.TWILIO_SMS_NUMBER,
        "SAHUT_TWILIO_VOICE": "true",
        "SAHUT_TWILIO_TEMPLATES": (
            f"news={defaults.TEMPLATE_NEWS},question={defaults.TEMPLATE_QUESTION}"
        ),
        "SAHUT_TWILIO_API_BASE": sandbox_url,
        "SAHUT_TELEGRAM_BOT_TOKEN": defaults.TELEGRAM_BOT_TOKEN,
        "SAHUT_TELEGRAM_SECRET_TOKENS": defaults.TELEGRAM_SECRET,
        "SAHUT_TELEGRAM_API_BASE": sandbox_url,
        "SAHUT_META_APP_SECRETS": defaults.META_APP_SECRET,
        "SAHUT_META_VERIFY_TOKEN": defaults.META_VERIFY_TOKEN,
        "SAHUT_META_PAGE_ID": defaults.META_PAGE_ID,
        "SAHUT_META_PAGE_TOKEN": defaults.META_PAGE_TOKEN,
        "SAHUT_META_INSTAGRAM_ID": defaults.META_INSTAGRAM_ID,
        "SAHUT_META_INSTAGRAM_TOKEN": defaults.META_INSTAGRAM_TOKEN,
        "SAHUT_META_GRAPH_BASE": sandbox_url,
    }
