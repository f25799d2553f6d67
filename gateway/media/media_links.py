"""Addresses under which a platform may fetch one outgoing attachment for a short while.

Twilio takes no bytes, only an address. The link is signed and ends after a day: Twilio queues for
up to 10 hours, and an officer's photo is nobody else's business.
"""

import hmac
from datetime import datetime, timedelta
from typing import Final

from gateway.errors import NotFoundError
from gateway.runtime import Runtime
from store import outbox

_LIFE: Final = timedelta(hours=24)
_SIGNATURE_LENGTH = 32
PATH: Final = "/webhooks/lampiran"


def link(runtime: Runtime, attachment_id: int, now: datetime) -> str:
    """Return the address of an attachment, good for a day."""
    expires = int((now + _LIFE).timestamp())
    signature = _sign(runtime, attachment_id, expires)
    return f"{runtime.profile.public_url}{PATH}/{attachment_id}/{expires}/{signature}"


def open_link(
    runtime: Runtime, attachment_id: int, expires: int, signature: str
) -> tuple[bytes, str]:
    """Return the content and type behind an address.

    Raises:
        NotFoundError: the address is not one of ours, has ended, or the file is gone.
    """
    expected = _sign(runtime, attachment_id, expires)
    genuine = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    if not genuine or runtime.now().timestamp() > expires:
        raise NotFoundError("media link")
    with runtime.transaction() as session:
        file = outbox.file_of(session, attachment_id)
    if file is None:
        raise NotFoundError("media link")
    return runtime.media.read(file.key), file.mime


def _sign(runtime: Runtime, attachment_id: int, expires: int) -> str:
    return runtime.keys.lookup("media-link", f"{attachment_id}:{expires}")[:_SIGNATURE_LENGTH]
