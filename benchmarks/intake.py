"""How much of a bare webhook's throughput the real intake keeps: `python -m benchmarks.intake`.

Real: verify, archive, parse, one durable commit, nudge. Bare: verify, commit one row. Both run
under granian with the same settings, on the same durable PostgreSQL, in the same run and in turns.
The load generator runs on this machine too, so that only the ratio carries over.
"""

import argparse
import hashlib
import http.client
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from channels.twilio_signature import sign
from local.postgres import PostgresServer, start_postgres
from local.redis import start_redis
from store.migrate import upgrade

PATH = "/webhooks/twilio/messaging"
BASE_URL = "https://aduan.kabcontoh.go.id"
ACCOUNT = "AC" + "0" * 32
NUMBER = "+6281255501901"
TOKEN = hashlib.sha256(b"benchmark").hexdigest()
DATABASE = "benchmark"
_START_S = 60.0


@dataclass(frozen=True)
class Result:
    """One round: answers per second and the slow end of their latencies, in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


def main() -> int:
    """Run the comparison and print it."""
    options = _options()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sahut-bench-")))
        home.chmod(0o711)
        postgres = start_postgres(home / "pg", durable=True)
        stack.callback(postgres.stop)
        redis = start_redis(home / "redis", durable=False)
        stack.callback(redis.stop)
        url = benchmark_database(postgres)
        environment = benchmark_environment(home, url, redis.url)
        real = stack.enter_context(served("wsgi:app", environment))
        bare = stack.enter_context(served("benchmarks.bare_webhook:app", environment))
        results: dict[str, list[Result]] = {"bare": [], "real": []}
        for port in (bare, real):
            measure(port, options.warm_up, options.connections)
        for _ in range(options.rounds):
            results["bare"].append(measure(bare, options.requests, options.connections))
            results["real"].append(measure(real, options.requests, options.connections))
        _check_rows(url, options)
        _print(results)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=3000, help="in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--warm-up", type=int, default=300)
    return parser.parse_args()


def benchmark_database(postgres: PostgresServer) -> str:
    """Make a migrated database and return its address."""
    postgres.create_database(DATABASE)
    url = postgres.url(DATABASE)
    upgrade(url)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE bare_webhook (id bigserial PRIMARY KEY, body bytea)")
    return url


def benchmark_environment(home: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """Return the variables of a service whose only channel is WhatsApp by Twilio."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SAHUT_")},
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SAHUT_DATA_DIR": str(home / "data"),
        "SAHUT_PUBLIC_BASE_URL": BASE_URL,
        "SAHUT_TWILIO_ACCOUNT_SID": ACCOUNT,
        "SAHUT_TWILIO_AUTH_TOKENS": TOKEN,
        "SAHUT_TWILIO_WHATSAPP_NUMBER": f"whatsapp:{NUMBER}",
    }


@contextmanager
def served(
    target: str, environment: dict[str, str], *, interface: str = "wsgi", workers: int = 2
) -> Iterator[int]:
    """Serve an app as `make run` does and give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", interface, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--no-ws", "--log-level", "warning"]
    command += ["--blocking-threads", "4"] if interface == "wsgi" else []
    process = subprocess.Popen([*command, target], env=environment)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/nothing-here")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError("the server did not start")


def measure(port: int, requests: int, connections: int) -> Result:
    """Send `requests` webhooks over as many kept-alive connections as asked for."""
    calls = [_call() for _ in range(requests)]
    latencies: list[float] = []
    failures: list[int] = []

    def send(share: list[tuple[bytes, dict[str, str]]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for body, headers in share:
            started = time.perf_counter()
            connection.request("POST", PATH, body, headers)
            response = connection.getresponse()
            response.read()
            latencies.append(time.perf_counter() - started)
            if response.status != 200:
                failures.append(response.status)
        connection.close()

    threads = [
        threading.Thread(target=send, args=(calls[number::connections],))
        for number in range(connections)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed_s = time.perf_counter() - started
    if failures:
        raise RuntimeError(f"{len(failures)} requests failed, the first with {failures[0]}")
    ordered = sorted(latencies)
    return Result(
        per_second=requests / elapsed_s,
        p50_ms=statistics.median(ordered) * 1000,
        p99_ms=ordered[int(len(ordered) * 0.99) - 1] * 1000,
    )


def _call() -> tuple[bytes, dict[str, str]]:
    """A WhatsApp text as Twilio posts it, from one of a thousand citizens, with a new id."""
    sid = "SM" + secrets.token_hex(16)
    phone = f"+62812555{secrets.randbelow(1000):05}"
    form = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Warga",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": phone[1:],
        "SmsStatus": "received",
        "Body": "Selamat pagi, lampu jalan di depan SDN 2 mati sudah 2 minggu. Mohon diperbaiki.",
        "To": f"whatsapp:{NUMBER}",
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{phone}",
        "ApiVersion": "2010-04-01",
    }
    body = urlencode(form).encode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": sign(BASE_URL + PATH, body, TOKEN),
    }
    return body, headers


def _check_rows(url: str, options: argparse.Namespace) -> None:
    """A fast webhook that loses something is no result."""
    sent = options.warm_up + options.rounds * options.requests
    with psycopg.connect(url) as connection:
        for table in ("bare_webhook", "webhook_delivery", "message"):
            query = f"SELECT count(*) FROM {table}"  # noqa: S608 (names from the line above)
            row = connection.execute(query).fetchone()  # type: ignore[call-overload]  # not a literal
            if row is None or row[0] != sent:
                raise RuntimeError(f"{table} holds {row}, not {sent} rows")


def _print(results: dict[str, list[Result]]) -> None:
    for name, rounds in results.items():
        best = statistics.median(result.per_second for result in rounds)
        p50 = statistics.median(result.p50_ms for result in rounds)
        p99 = statistics.median(result.p99_ms for result in rounds)
        print(f"{name}: {best:7.0f} webhooks/s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms")
    ratios = [
        real.per_second / bare.per_second
        for real, bare in zip(results["real"], results["bare"], strict=True)
    ]
    spread = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"ratio real/bare: {statistics.median(ratios):.2f}   (rounds: {spread})")


if __name__ == "__main__":
    sys.exit(main())
