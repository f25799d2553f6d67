"""Make sure that the browser tests have a browser: `python -m local.check`.

Installs Chromium where we may (root on Debian or Ubuntu). Elsewhere says in one line that the
browser tests will be skipped; with ``CI=true`` that line is an error.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping

from local.browser import SETTING, find_browser, missing_browser_line

_INSTALL = ("apt-get", "install", "-y", "-q", "chromium")


def ensure_browser(environ: Mapping[str, str], *, install: Callable[[], bool]) -> int:
    """Return the exit code: 0 with a browser or a skip, 1 when CI has none.

    Args:
        environ: `SAHUT_BROWSER`, `PATH`, `CI`.
        install: installs Chromium; False if that is not possible here.
    """
    if find_browser(environ) is not None:
        return 0
    if SETTING in environ:
        print(f"{SETTING}: no program that can be started is there", file=sys.stderr)
        return 1
    if install() and find_browser(environ) is not None:
        return 0
    print(missing_browser_line(), file=sys.stderr)
    return 1 if environ.get("CI") == "true" else 0


def install_chromium() -> bool:
    """Install Debian's Chromium. False where we are not root or there is no apt-get."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("Installing chromium for the browser tests ...", flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if _quietly(_INSTALL, environ):
        return True
    return _quietly(("apt-get", "update", "-q"), environ) and _quietly(_INSTALL, environ)


def _quietly(command: tuple[str, ...], environ: Mapping[str, str]) -> bool:
    done = subprocess.run(command, env=dict(environ), capture_output=True, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(ensure_browser(os.environ, install=install_chromium))
