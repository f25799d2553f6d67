"""Make sure that the tests of local SMS have a Kannel: `python -m local.kannel`.

Installs Debian's packages where we may (root on Debian or Ubuntu). Elsewhere says in one line that
those tests will be skipped; with ``CI=true`` that line is an error. The package's own service is
not needed: the tests start the programs themselves, on ports of their own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_PACKAGES = ("kannel", "kannel-extras")
_INSTALL = ("apt-get", "install", "-y", "-q", "--no-install-recommends", *_PACKAGES)
# Daemons live in sbin, which is not in everybody's PATH.
_SBIN = ("/usr/sbin", "/usr/local/sbin")
_FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")


@dataclass(frozen=True, slots=True)
class KannelPrograms:
    """Paths of the two daemons and of the stand-in for a message centre."""

    bearerbox: str
    smsbox: str
    fakesmsc: str


def find_kannel(environ: Mapping[str, str], fakesmsc: Path = _FAKESMSC) -> KannelPrograms | None:
    """Return where Kannel is, or None: an ordinary answer on a small machine.

    Args:
        environ: `PATH` is searched.
        fakesmsc: where the package puts it; it is in no PATH.
    """
    path = os.pathsep.join([environ.get("PATH", ""), *_SBIN])
    bearerbox, smsbox = shutil.which("bearerbox", path=path), shutil.which("smsbox", path=path)
    if bearerbox is None or smsbox is None or not os.access(fakesmsc, os.X_OK):
        return None
    return KannelPrograms(bearerbox, smsbox, str(fakesmsc))


def missing_kannel_line() -> str:
    """One line that says what is missing and how to get it."""
    return (
        "Tests of local SMS are skipped, no Kannel was found. Install it: "
        f"sudo apt-get install -y {' '.join(_PACKAGES)}"
    )


def ensure_kannel(
    environ: Mapping[str, str],
    *,
    install: Callable[[], bool],
    find: Callable[[Mapping[str, str]], KannelPrograms | None] = find_kannel,
) -> int:
    """Return the exit code: 0 with Kannel or a skip, 1 when CI has none.

    Args:
        environ: `PATH`, `CI`.
        install: installs the packages; False if that is not possible here.
        find: looks for the programs.
    """
    if find(environ) is not None or (install() and find(environ) is not None):
        return 0
    print(missing_kannel_line(), file=sys.stderr)
    return 1 if environ.get("CI") == "true" else 0


def install_kannel() -> bool:
    """Install Debian's packages. False where we are not root or there is no apt-get."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("Installing kannel for the tests of local SMS ...", flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if _quietly(_INSTALL, environ):
        return True
    return _quietly(("apt-get", "update", "-q"), environ) and _quietly(_INSTALL, environ)


def _quietly(command: tuple[str, ...], environ: Mapping[str, str]) -> bool:
    done = subprocess.run(command, env=dict(environ), capture_output=True, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(ensure_kannel(os.environ, install=install_kannel))
