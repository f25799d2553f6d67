"""Who complained stays inside: not on a PD's pages, not in any log."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.journeys.forms import text_of
from tests.live import PROCESSES, Stack

_DIGITS = re.compile(r"\D+")
_TIMES = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+")


@dataclass(frozen=True)
class Secrets:
    """What names a citizen, the PIN, and words of the message that stand nowhere else."""

    nik: str
    name: str
    address: str
    pin: str
    words: str


def assert_not_shown(pages: Iterable[str], secrets: Secrets) -> None:
    """Fail if a page of a PD names the citizen."""
    for page in pages:
        words = text_of(page)
        for secret in (secrets.nik, secrets.name, _local(secrets.address)):
            assert secret not in words, f"a PD reads {secret!r}"
            assert secret not in page, f"a page for a PD holds {secret!r}"


def assert_not_logged(stack: Stack, secrets: Secrets) -> None:
    """Fail if a process of the service wrote any of it into its log."""
    for name in PROCESSES[1:]:
        lines = _TIMES.sub("", stack.log(name))
        for secret in (secrets.nik, secrets.name, _local(secrets.address), secrets.words):
            assert secret not in lines, f"the log of {name} holds {secret!r}"
        assert not re.search(rf"(?<![\w-]){secrets.pin}(?![\w-])", lines), f"{name} logs a PIN"


def _local(address: str) -> str:
    """The part of an address that every way of writing it has."""
    digits = _DIGITS.sub("", address)
    return digits.removeprefix("62") if address.startswith("+") else digits
