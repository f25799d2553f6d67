"""Addresses under which a browser without a login may fetch a photo for a day."""

import hmac
from datetime import timedelta
from typing import Final

from gateway.runtime import Runtime

PUBLIC: Final = "publik"  # a copy that the public may see
SENT: Final = "kirim"  # a photo that went to the reporter, who gave number and PIN
DRAWN: Final = "periksa"  # a copy that Diskominfo looks at before it approves it
_LIFE: Final = timedelta(hours=24)
_SIGNATURE_LENGTH = 32


def photo_link(runtime: Runtime, kind: str, photo_id: int) -> str:
    """Return the address of a photo without its variant, good for a day."""
    expires = int((runtime.now() + _LIFE).timestamp())
    return f"/foto/{kind}/{photo_id}/{expires}/{_sign(runtime, kind, photo_id, expires)}"


def is_ours(runtime: Runtime, kind: str, photo_id: int, expires: int, signature: str) -> bool:
    """Whether we made this address and its day is not over."""
    expected = _sign(runtime, kind, photo_id, expires)
    genuine = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    return genuine and runtime.now().timestamp() <= expires


def _sign(runtime: Runtime, kind: str, photo_id: int, expires: int) -> str:
    signed = runtime.keys.lookup("photo-link", f"{kind}:{photo_id}:{expires}")
    return signed[:_SIGNATURE_LENGTH]
