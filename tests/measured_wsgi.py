"""The web entry, with coverage also in the threads that granian's Rust makes.

Coverage hooks the threads that Python's `threading` starts; granian's blocking threads are not
among them. Outside a measured run this is the plain application.
"""

import runpy
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_entry: Callable[..., Iterable[bytes]] = runpy.run_path(
    str(Path(__file__).parent.parent / "wsgi.py")
)["app"]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve one request, after giving this thread the trace function that threads get."""
    hook = threading.gettrace()
    if hook is not None and sys.gettrace() is None:
        sys.settrace(hook)
    return _entry(environ, start_response)
