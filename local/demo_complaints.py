"""A few complaints for the demo, written by the citizens of the sandbox: the whole way in."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from config.tenant_files import read_tenant_file
from normalizer.tenant import Desa, load_tenant

_MESSAGES = Path(__file__).with_name("demo_messages.json")
_FIRST_TEST_SERIAL = 9001  # serials that belong to nobody


def demo_messages(tenant: str) -> list[dict[str, Any]]:
    """Return the demo's messages with places of one government.

    Args:
        tenant: name of its file in config/tenants.
    """
    places = load_tenant(read_tenant_file(tenant)).desa
    messages = json.loads(_MESSAGES.read_text(encoding="utf-8"))
    return [
        {**message, "text": _filled(message["text"], number, places[number * 7 % len(places)])}
        for number, message in enumerate(messages)
    ]


def send_demo_messages(sandbox_url: str, tenant: str) -> bool:
    """Let the citizens write; False if the sandbox did not take it."""
    try:
        for message in demo_messages(tenant):
            _post(f"{sandbox_url}/api/citizens/{message['citizen']}/messages", message)
    except (urllib.error.URLError, OSError):
        return False
    return True


def _filled(text: str, number: int, desa: Desa) -> str:
    district = desa.code.replace(".", "")[:6]
    nik = f"{district}{10 + number:02d}0790{_FIRST_TEST_SERIAL + number}"
    return text.format(nik=nik, desa=desa.name, kecamatan=desa.kecamatan)


def _post(url: str, message: dict[str, Any]) -> None:
    body = {
        "channel": message["channel"],
        "text": message["text"],
        "attachments": [{"kind": kind} for kind in message["attachments"]],
    }
    request = urllib.request.Request(  # noqa: S310 - our own loopback
        url,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310 - our own loopback
        reply.read()
