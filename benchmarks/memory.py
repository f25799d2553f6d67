"""Resident memory of web and worker, idle and loaded: `python -m benchmarks.memory`.

Idle is after the start and the first request; loaded is after 500 webhooks were taken in,
assembled and answered. Read from /proc (Linux): the sum over the processes of each program, with
the highest value that the kernel has noted (VmHWM) beside it. Shared pages count in each process.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.faults.load import Load
from tests.journeys.rows import count
from tests.live import Stack, eventually, free_ports, running_stack
from tests.servers import own_servers

WEBHOOKS = 500
_PROGRAMS = ("web", "worker")
_WITHIN_S = 300.0


@dataclass(frozen=True)
class Memory:
    """Of all processes of one program, in MiB."""

    resident: float
    highest: float
    processes: int


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="sahut-memory-") as folder, own_servers() as servers:
        urls = servers.database_url, servers.redis_url
        with running_stack(Path(folder), free_ports(), *urls) as stack:
            eventually(lambda: _at_work(servers.redis_url), "a worker")
            _say("idle", stack)
            load = Load(stack, WEBHOOKS)
            load.start()
            load.finish()
            eventually(lambda: _settled(stack), "all is assembled and answered", _WITHIN_S)
            _say(f"after {WEBHOOKS} webhooks", stack)
    return 0


def memory_of(pid: int) -> Memory:
    """Return the memory of a process and its descendants."""
    processes = [pid, *_descendants(pid)]
    figures = [_figures(one) for one in processes]
    return Memory(
        sum(one[0] for one in figures) / 1024, sum(one[1] for one in figures) / 1024, len(processes)
    )


def _say(when: str, stack: Stack) -> None:
    for name in _PROGRAMS:
        found = memory_of(stack.processes[name].pid)
        print(
            f"{when:<22} {name:<7} {found.resident:6.0f} MiB resident, "
            f"{found.highest:6.0f} MiB at most, {found.processes} processes"
        )


def _figures(pid: int) -> tuple[int, int]:
    """Return VmRSS and VmHWM in KiB; a process that has just ended has none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    values = dict(line.split(":", 1) for line in lines if ":" in line)
    return _kib(values.get("VmRSS", "0 kB")), _kib(values.get("VmHWM", "0 kB"))


def _kib(text: str) -> int:
    return int(text.split(maxsplit=1)[0])


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_descendants(int(child))]
    return found


def _at_work(redis_url: str) -> bool:
    """Whether a worker has announced itself."""
    with redis.Redis.from_url(redis_url) as client:
        return bool(client.scard("rq:workers"))


def _settled(stack: Stack) -> bool:
    waiting = "direction = 'in' AND processed_at IS NULL"
    return count(stack, "message", waiting) == 0 and (
        count(stack, "outbox_part", "status IN ('queued', 'sending')") == 0
    )


if __name__ == "__main__":
    sys.exit(main())
