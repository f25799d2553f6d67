"""The running number of each year."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.models.complaint import TicketCounter


def next_number(session: Session, year: int) -> int:
    """Return the next running number of `year`; the row lock makes it unique until commit."""
    statement = (
        insert(TicketCounter)
        .values(year=year, last_number=1)
        .on_conflict_do_update(
            index_elements=[TicketCounter.year],
            set_={"last_number": TicketCounter.last_number + 1},
        )
        .returning(TicketCounter.last_number)
    )
    return session.execute(statement).scalar_one()
