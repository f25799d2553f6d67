"""The recogniser of cards behind a pipe: what it costs, and its crash, stay in its own process."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

from gateway.errors import CardReaderError

# Loading the models takes seconds, a large photo on a busy machine as well.
LIMIT_S: Final = 60.0
INSTALL: Final = "make ocr"
_COMMAND: Final = (sys.executable, "-m", "gateway.media.ktp_process")
_LENGTH_BYTES: Final = 4
_MAX_ANSWER: Final = 1_000_000


def is_installed() -> bool:
    """Whether the optional recogniser is there (`INSTALL` says how it gets there)."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


class ProcessReader:
    """Reads pictures in a process that starts with the first one and is replaced when it fails.

    One thread at a time.
    """

    def __init__(self, command: Sequence[str] = _COMMAND, limit_s: float = LIMIT_S) -> None:
        self._command = command
        self._limit_s = limit_s
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, picture: bytes) -> list[str]:
        """Return the lines of text on a picture, from top to bottom.

        Raises:
            CardReaderError: it died, took longer than allowed, or gave no answer.
        """
        process = self._process or self._start()
        watch = threading.Timer(self._limit_s, process.kill)
        watch.start()
        try:
            answer = _ask(process, picture)
            if answer is None:
                raise CardReaderError("the picture could not be read")
        except (OSError, EOFError, ValueError):
            self.close()
            # From None: the answer may quote the card.
            raise CardReaderError("the recogniser failed") from None
        finally:
            watch.cancel()
        return answer

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        # It gets none of our settings, and what it prints goes nowhere.
        self._process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            env={"PATH": os.environ.get("PATH", "")},
        )
        return self._process


def _ask(process: subprocess.Popen[bytes], picture: bytes) -> list[str] | None:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(len(picture).to_bytes(_LENGTH_BYTES, "big") + picture)
    process.stdin.flush()
    length = int.from_bytes(_exactly(process.stdout, _LENGTH_BYTES), "big")
    if length > _MAX_ANSWER:
        raise ValueError("too long an answer")
    lines = json.loads(_exactly(process.stdout, length))
    return None if lines is None else [str(line) for line in lines]


def _exactly(stream: IO[bytes], count: int) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise EOFError
    return content
