"""`python -m tests.fuzz.webhooks --bodies 100000 --provider meta`: damaged webhooks.

Each request has a number; seed and number decide everything, so a run that was interrupted goes on
with `--start`, and a finding can be made again. A request goes through the real app to a database
of its own (`--level app`) or only through the adapters (`--level parse`, about ten times as fast).

Nothing may answer 5xx; a genuine request is kept as it came, its messages are there and its
unreadable events are in quarantine; a forged one leaves nothing. What breaks this is cut down and
written to the folder of findings; `--replay FILE` sends it again.
"""

import argparse
import hashlib
import logging
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local.postgres import start_postgres
from store import crypto
from store.crypto import KeyRing
from store.migrate import upgrade
from tests.conformance.service import Service, running
from tests.fuzz.cases import (
    Damaged,
    Source,
    faults_in_app,
    faults_of_parsing,
    load_finding,
    save,
    smaller,
    sources,
)

FINDINGS = Path("var") / "fuzz"
_EVERY_S = 5.0
_MOST_FINDINGS = 20
# Rows of earlier requests make the next ones slower and prove nothing more.
_FORGET_AFTER = 5000


@dataclass
class Tally:
    """What a run has seen."""

    done: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    findings: list[Path] = field(default_factory=list)

    def line(self) -> str:
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.done} requests ({answers or 'read only'}), {sum(self.faults.values())} faults"
        )


@dataclass(frozen=True)
class Run:
    """One provider: which numbers, how deep, and where findings go."""

    source: Source
    service: Service
    seed: str
    level: str
    findings: Path

    def one(self, damaged: Damaged) -> tuple[int | None, list[str]]:
        """Send or read one request."""
        if self.level == "parse":
            return None, faults_of_parsing(self.service, self.source, damaged)
        return faults_in_app(self.service, self.source, damaged)

    def go(self, numbers: range, tally: Tally) -> None:
        """Go through the numbers; what was done stays in `tally` when it is interrupted."""
        shown = time.monotonic()
        for number in numbers:
            damaged = self.source.damaged(self.seed, number)
            status, faults = self.one(damaged)
            tally.done += 1
            tally.statuses.update([] if status is None else [status])
            tally.faults.update(faults)
            if faults and len(tally.findings) < _MOST_FINDINGS:
                tally.findings.append(self._note(number, damaged, faults))
            if self.level == "app" and tally.done % _FORGET_AFTER == 0:
                self.service.reset()
            if time.monotonic() - shown > _EVERY_S:
                shown = time.monotonic()
                print(f"{self.source.provider}: {tally.line()}", file=sys.stderr)  # noqa: T201

    def _note(self, number: int, damaged: Damaged, faults: list[str]) -> Path:
        least = smaller(self.source, damaged, lambda one: bool(self.one(one)[1]))
        return save(self.findings, f"{self.source.provider}-{self.seed}-{number}", least, faults)


@contextmanager
def services(wanted: Sequence[Source]) -> Iterator[dict[str, Service]]:
    """Start a PostgreSQL for this run, and the app for every folder of payloads on it."""
    home = Path(tempfile.mkdtemp(prefix="sahut-fuzz-"))
    home.chmod(0o711)
    server = start_postgres(home / "pg", durable=False)
    keys = KeyRing(1, {1: hashlib.sha256(b"kunci uji").digest()}, hashlib.sha256(b"cari").digest())
    crypto.install(keys)
    started: dict[str, Service] = {}
    open_now = []
    try:
        for source in wanted:
            name = f"fuzz_{source.provider}"
            server.create_database(name)
            upgrade(server.url(name))
            context = running(source.payloads, server.url(name), home / name, keys)
            started[source.provider] = context.__enter__()
            open_now.append(context)
        yield started
    finally:
        for context in open_now:
            context.__exit__(None, None, None)
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def main(words: Sequence[str] | None = None) -> int:
    """Run the program; 1 if something was found."""
    options = _options(words)
    logging.disable(logging.CRITICAL)
    wanted = [one for name, one in sources().items() if options.provider in ("all", name)]
    if not wanted:
        print("no such provider:", options.provider, file=sys.stderr)  # noqa: T201
        return 2
    numbers = range(options.start, options.start + options.bodies)
    failed = False
    with services(wanted) as started:
        for source in wanted:
            run = Run(
                source, started[source.provider], options.seed, options.level, options.findings
            )
            if options.replay is not None:
                status, faults = run.one(load_finding(options.replay))
                print(source.provider, status, faults)  # noqa: T201
                failed |= bool(faults)
                continue
            failed |= not fuzz(run, numbers)
    return 1 if failed else 0


def fuzz(run: Run, numbers: range) -> bool:
    """Run one provider and say how it went; Ctrl-C ends the program with where to go on."""
    tally, began = Tally(), time.monotonic()
    try:
        run.go(numbers, tally)
    except KeyboardInterrupt:
        again = f"--provider {run.source.provider} --seed {run.seed} --start"
        print(f"stopped; go on with {again} {numbers.start + tally.done}")  # noqa: T201
        raise SystemExit(130) from None
    finally:
        seconds = time.monotonic() - began
        print(f"{run.source.provider}: {tally.line()} in {seconds:.0f} s")  # noqa: T201
        for fault, count in tally.faults.most_common():
            print(f"  {count} x {fault}")  # noqa: T201
        for path in tally.findings:
            print(f"  {path}")  # noqa: T201
    return not tally.faults


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.webhooks", description=__doc__)
    parser.add_argument("--bodies", type=int, default=10_000, help="how many, for each provider")
    parser.add_argument("--provider", default="all", help="twilio, voice, telegram, meta, ...")
    parser.add_argument("--level", choices=("app", "parse"), default="app")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--start", type=int, default=0, help="number of the first request")
    parser.add_argument("--findings", type=Path, default=FINDINGS)
    parser.add_argument("--replay", type=Path, help="send a finding again")
    return parser.parse_args(words)


if __name__ == "__main__":
    raise SystemExit(main())
