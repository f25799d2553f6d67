"""Find the browser for the browser tests, or say how to get one."""

import os
import shutil
from collections.abc import Mapping

SETTING = "SAHUT_BROWSER"
# Ubuntu's chromium-browser is a snap and may not open files below /tmp: there, set the path.
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser(environ: Mapping[str, str]) -> str | None:
    """Return the path of a Chromium, or None: an ordinary answer on a small machine.

    Args:
        environ: `SAHUT_BROWSER`, if set, is the only path that counts; `PATH` is searched else.
    """
    chosen = environ.get(SETTING)
    if chosen:
        return chosen if os.access(chosen, os.X_OK) else None
    paths = (shutil.which(name, path=environ.get("PATH")) for name in _PROGRAMS)
    return next((path for path in paths if path is not None), None)


def missing_browser_line() -> str:
    """One line that says what is missing and how to get it."""
    return (
        "Browser tests are skipped, no Chromium was found. Install it: "
        f"sudo apt-get install -y chromium; or name one: {SETTING}=/path/to/chrome"
    )
