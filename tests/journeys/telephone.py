"""A citizen with a telephone in the sandbox: dials, listens, speaks, presses keys."""

import re
from dataclasses import dataclass, field
from typing import Any

from channels.call_prompts import spoken_digits
from tests.live import Stack, eventually

_DIGITS = {spoken_digits(str(digit)): str(digit) for digit in range(10)}


@dataclass
class Telephone:
    """One call of one citizen."""

    stack: Stack
    citizen: str
    _call: str = field(default="")

    def dials(self, *, withheld: bool = False) -> None:
        """Call the government."""
        path = f"/api/citizens/{self.citizen}/calls"
        self._call = self.stack.sandbox("POST", path, {"withheld": withheld})["id"]

    def does(self, what: str, **more: Any) -> None:
        """Speak, be silent, press a key or hang up."""
        path = f"/api/citizens/{self.citizen}/calls/{self._call}"
        self.stack.sandbox("POST", path, {"do": what, **more})

    def hears_until(self, state: str) -> list[str]:
        """Wait until the call is recording, waits for a key or has ended; return what was said."""

        def look() -> dict[str, Any] | None:
            path = f"/api/citizens/{self.citizen}/calls"
            calls = self.stack.sandbox("GET", path)["calls"]
            call: dict[str, Any] = next(one for one in calls if one["id"] == self._call)
            assert call["error"] is None, call["error"]
            return call if call["state"] == state else None

        call = eventually(look, f"the call is {state}")
        assert call is not None
        return [line["text"] for line in call["heard"] if line["verb"] == "say"]


def ticket_in(said: list[str]) -> str:
    """Write down the number as somebody would who listens: digits and dashes."""
    heard = [_written(line) for line in said]
    found = re.findall(r"\d{2}-\d{5}-\d", "".join(heard))
    assert len(found) == 2, said
    assert len(set(found)) == 1, said
    return str(found[0])


def pin_in(said: list[str]) -> str:
    """The six digits that were said in two breaths."""
    halves = [_written(line) for line in said if len(_written(line)) == 3]
    assert len(halves) == 2, said
    return "".join(halves)


def _written(line: str) -> str:
    words = line.replace(",", "").split()
    known = {**_DIGITS, "strip": "-"}
    return "".join(known[word] for word in words) if all(word in known for word in words) else ""
