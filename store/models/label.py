"""The table of labels on cases; which labels there are stands in the settings."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class CaseLabel(Base):
    """One label of Diskominfo on one case; PDs, leadership and citizens never see it."""

    __tablename__ = "case_label"
    __table_args__ = (Index("ix_case_label_code", "code", "complaint_id"),)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    put_by: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    put_at: Mapped[datetime]
