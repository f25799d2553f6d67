"""What open event streams cost a webhook: `python -m benchmarks.streams`.

The same webhooks go to the same web processes without and with streams that hold a connection each
to the streams' own process. In turns, in one run; only the ratio carries over.
"""

import argparse
import hashlib
import http.client
import secrets
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from benchmarks.intake import Result, benchmark_database, benchmark_environment, measure, served
from local.postgres import start_postgres
from local.redis import start_redis


def main() -> int:
    """Run both in turns and print them."""
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
        web = stack.enter_context(served("wsgi:app", environment))
        stream = stack.enter_context(served("stream:app", environment, interface="asgi", workers=1))
        token = _session(url)
        measure(web, options.warm_up, options.connections)
        alone: list[Result] = []
        beside: list[Result] = []
        for _ in range(options.rounds):
            alone.append(measure(web, options.requests, options.connections))
            with _listening(stream, options.streams, token):
                beside.append(measure(web, options.requests, options.connections))
    _print(options.streams, alone, beside)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--streams", type=int, default=60)
    parser.add_argument("--requests", type=int, default=3000, help="in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--warm-up", type=int, default=300)
    return parser.parse_args()


def _session(url: str) -> str:
    """Log somebody in, in the database alone, and return the token of the cookie."""
    token = secrets.token_urlsafe()
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO staff_user (id, username, name, role, password_hash, active, created_at)"
            " VALUES (1, 'ukur', 'Ukur', 'admin_diskominfo', '-', true, now())"
        )
        connection.execute(
            "INSERT INTO staff_session (token_hash, user_id, created_at, last_seen_at, expires_at)"
            " VALUES (%s, 1, now(), now(), now() + interval '1 day')",
            (hashlib.sha256(token.encode()).hexdigest(),),
        )
    return token


@contextmanager
def _listening(port: int, count: int, token: str) -> Iterator[None]:
    """Hold `count` streams open."""
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(count)]
    try:
        for connection in connections:
            connection.request("GET", "/arus", headers={"Cookie": f"sahut_sesi={token}"})
            status = connection.getresponse().status
            if status != 200:
                raise RuntimeError(f"a stream was answered with {status}")
        yield
    finally:
        for connection in connections:
            connection.close()


def _print(count: int, alone: list[Result], beside: list[Result]) -> None:
    for name, rounds in (("alone", alone), (f"{count} streams", beside)):
        rate = statistics.median(result.per_second for result in rounds)
        p99 = statistics.median(result.p99_ms for result in rounds)
        print(f"{name}: {rate:7.0f} webhooks/s   p99 {p99:6.1f} ms")
    ratios = [with_.per_second / bare.per_second for with_, bare in zip(beside, alone, strict=True)]
    spread = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"ratio with/without streams: {statistics.median(ratios):.2f}   (rounds: {spread})")


if __name__ == "__main__":
    sys.exit(main())
