"""What officers do in many stories, each step one real form."""

from datetime import UTC, datetime, timedelta

from tests.journeys.desk import Desk
from tests.journeys.rows import query
from tests.live import Stack
from tests.seed import PD


def dispose(admin: Desk, ticket: str, *, notify: bool, note: str = "") -> str:
    """Dispose a complaint to the PD of the tests and return the page that follows.

    Without `notify` the citizen hears nothing of it, and nothing waits for the undo.
    """
    path = f"/kotak/aduan/{ticket}/disposisi"
    wishes: dict[str, str | None] = {} if notify else {"notify": None}
    return admin.sends(path, path, pd_code=PD, category="PJU", note=note, **wishes)


def accept(officer: Desk, ticket: str, plan: str) -> str:
    """Take the disposisi up."""
    case = f"/pd/aduan/{ticket}"
    soon = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    return officer.sends(case, f"{case}/terima", plan=plan, expected_on=soon)


def submit_draft(officer: Desk, ticket: str, done: str) -> str:
    """Write the draft and hand it in as the final answer."""
    case = f"/pd/aduan/{ticket}"
    form = {"done": done, "proposal": "resolved", "no_photo": "Dilihat warga di tempat."}
    return officer.sends(case, f"{case}/draf", **form, step="ajukan")


def send_answer(admin: Desk, ticket: str, body: str) -> str:
    """Correct the draft and send it as the final answer."""
    path = f"/koreksi/{ticket}"
    return admin.sends(path, path, body=body, final="ya", step="kirim")


def reply(admin: Desk, ticket: str, words: str) -> str:
    """Write to the citizen from the inbox."""
    case = f"/kotak/aduan/{ticket}"
    return admin.sends(case, f"{case}/balas", text=words)


def status_of(stack: Stack, ticket: str) -> str:
    """The status in the database."""
    ((status,),) = query(stack, "SELECT status FROM complaint WHERE ticket = %s", ticket)
    return str(status)
