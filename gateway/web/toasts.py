"""The one line that says what was done, shown on the next page."""

from datetime import datetime
from typing import Any, cast

from flask import Response, flash, g, request

from gateway.web import forms


def toast(words: str, *, bad: bool = False, saved: bool = True) -> None:
    """Say something on the next page.

    Args:
        words: the sentence.
        bad: it did not work.
        saved: what was written is stored, so that the browser may forget its own copy.
    """
    _keep({"text": words, "bad": bad, "saved": saved and not bad})


def undoable(words: str, address: str, until: datetime, *, saved: bool = True) -> None:
    """Say what was done, with a button that takes it back until `until` (aware UTC).

    `saved` as in `toast`.
    """
    _keep({"text": words, "undo": address, "until": int(until.timestamp() * 1000), "saved": saved})


def send_and_next(response: Response) -> Response:
    """Lead to the next row after a form that worked, where its sender asked for it (`berikut`)."""
    said = g.get("said")
    if request.method == "POST" and said and said["saved"] and response.status_code in {302, 303}:
        following = forms.safe_next(forms.text("berikut"))
        if following:
            response.location = following
    return response


def _keep(message: dict[str, Any]) -> None:
    g.said = message
    flash(cast(str, message), "toast")  # the signed cookie carries any JSON value
