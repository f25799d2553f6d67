"""Codes of an authenticator app (RFC 6238: SHA-1, six figures, 30 s) and codes on paper.

Pure but for chance in `new_secret` and `new_recovery_codes`.
"""

import hmac
import secrets
from datetime import datetime

import pyotp
import segno

STEP_S = 30
_DRIFT = (0, -1, 1)  # telephones' clocks are a little off
_RECOVERY_CODES = 10
# Without what is mistaken for something else on paper: 0 and o, 1, i and l.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HALF = 5


def new_secret() -> str:
    """Return a fresh secret of 160 bits, in base 32 as apps take it."""
    return pyotp.random_base32()


def matching_counter(secret: str, code: str, now: datetime, after: int) -> int | None:
    """Return the half-minute to which `code` belongs, or None.

    Args:
        secret: base 32.
        code: as typed; blanks do not matter.
        now: aware; one half-minute before and after it counts too.
        after: the last half-minute whose code was taken: it and older ones count no more.
    """
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    app, here = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    for counter in (here + drift for drift in _DRIFT):
        if counter > after and hmac.compare_digest(app.generate_otp(counter), typed):
            return counter
    return None


def app_address(secret: str, username: str, service: str) -> str:
    """Return the ``otpauth:`` address that an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=service)


def qr_drawing(address: str) -> str:
    """Return an address as a QR code: an ``svg`` element without styles or scripts."""
    code = segno.make(address, error="m", micro=False)
    return code.svg_inline(light="#fff", omitsize=True, border=3, svgclass="qr", lineclass=None)


def grouped(secret: str) -> str:
    """Return a secret in groups of four, for typing it off."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def new_recovery_codes() -> list[str]:
    """Return ten codes of about 49 bits, e.g. ``k7mqp-x2drw``."""

    def half() -> str:
        return "".join(secrets.choice(_LETTERS) for _ in range(_HALF))

    return [f"{half()}-{half()}" for _ in range(_RECOVERY_CODES)]


def plain_recovery_code(typed: str) -> str:
    """Return a code from paper as it is hashed: small, without blanks and dashes."""
    return "".join(character for character in typed.lower() if character.isalnum())
