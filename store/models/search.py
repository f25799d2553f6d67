"""Tables of searching: saved views, searches for a person, the terms that typing errors miss."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class SavedView(Base):
    """A name for a filter of the list. `query` is what stands behind the question mark."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class IdentitySearch(Base):
    """A search by NIK or phone. Holds keyed hashes only; its key stands in the address.

    `opened_at` is None while the reason is still asked for; nobody but `staff_id` may open it.
    """

    __tablename__ = "identity_search"
    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    kind: Mapped[str] = mapped_column(String(8))  # nik, phone
    hashes: Mapped[list[Any]]
    opened_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SearchTerm(Base):
    """A word of the redacted texts, as it is written there. `uses` is how often it was met."""

    __tablename__ = "search_term"
    __table_args__ = (Index("ix_search_term_uses", "uses", "term"),)
    term: Mapped[str] = mapped_column(String(24), primary_key=True)
    uses: Mapped[int]


class TermBookmark(Base):
    """Up to which complaint (`last_activity_at`, id) the terms have been collected; one row."""

    __tablename__ = "term_bookmark"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    complaint_id: Mapped[int]
