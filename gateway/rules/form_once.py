"""One form acts once, however often it arrives."""

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store import casework_rows as rows


def once(session: Session, staff_id: int, form_key: str, queue: Callable[[], int]) -> bool:
    """Queue a message unless the same form has already done so.

    Args:
        session: the caller's.
        staff_id: whose form it is.
        form_key: unique to the form; empty: every call acts.
        queue: writes the message and returns its id.

    Returns:
        Whether something was queued.
    """
    scope = f"form:{staff_id}"
    if form_key and rows.message_of_form(session, scope, form_key) is not None:
        return False
    message_id = queue()
    if form_key:
        rows.name_message(session, message_id, scope, form_key)
    return True


def only_if_doubled(error: IntegrityError) -> None:
    """Let the same form arriving twice at once pass as one; anything else is a fault."""
    if "uq_message_dedup_scope" not in str(error.orig):
        raise error
