"""Tables of the government itself: agencies, categories, people, sessions, settings."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base
from store.digests import new_salt, salted


class Role(StrEnum):
    """What a member of staff may do (product page, section 2.0.5)."""

    ADMIN_DISKOMINFO = "admin_diskominfo"
    OPERATOR = "operator"
    KEPALA_PD = "kepala_pd"
    PETUGAS_PD = "petugas_pd"
    PIMPINAN = "pimpinan"
    INSPEKTORAT = "inspektorat"
    SUPERADMIN = "superadmin"


class Position(StrEnum):
    """Which seat of the leadership somebody has; in a kota the first two are the wali kota's."""

    BUPATI = "bupati"
    WAKIL_BUPATI = "wakil_bupati"
    SEKDA = "sekda"


class PerangkatDaerah(Base):
    """An agency of the government, or a body outside it (`external`)."""

    __tablename__ = "perangkat_daerah"
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    external: Mapped[bool] = mapped_column(default=False)
    contact: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[Any]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)


class Category(Base):
    """A complaint category with the PD that usually answers.

    `needs_photo`: work that one can see; Selesai asks for a photo of it, or why there is none.
    `location`: how exactly the public sees the place: ``exact``, ``near`` (250 m) or ``desa``.
    """

    __tablename__ = "category"
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    default_pd: Mapped[str | None] = mapped_column(ForeignKey("perangkat_daerah.code"))
    days: Mapped[int | None]  # calendar days until it is solved (K5); None: as for all
    needs_photo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    location: Mapped[str] = mapped_column(String(8), default="desa", server_default="desa")
    active: Mapped[bool] = mapped_column(default=True)


class StaffUser(Base):
    """A person who works here. `pd_code` is empty for Diskominfo and the leadership.

    `position` is a seat of the leadership, for Role.PIMPINAN only; empty where nobody said which.

    `oidc_login` is the e-mail address (or name) at the OpenID provider that an admin gave;
    `oidc_subject` is the provider's own mark of the person, learned at the first login from there.
    `must_change_password`: a keeper typed the one it has. `single_keys` and `own_keys` (usual key
    to chosen key) are how the person uses the keyboard.
    """

    __tablename__ = "staff_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role]
    pd_code: Mapped[str | None] = mapped_column(ForeignKey("perangkat_daerah.code"))
    password_hash: Mapped[str] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]
    last_login_client: Mapped[str | None] = mapped_column(String(80))
    oidc_login: Mapped[str | None] = mapped_column(String(255), unique=True)
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    single_keys: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    own_keys: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    position: Mapped[Position | None]


class StaffSession(Base):
    """A login. The cookie holds a random token, the row its SHA-256.

    While `half` the password was right and the code of the second step is still missing.
    `client` names browser and system, so that people know their own.
    """

    __tablename__ = "staff_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    half: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    client: Mapped[str] = mapped_column(String(80), default="", server_default="")


class Attempt(Base):
    """One try of something that may be guessed (login, PIN); counted per key and hour."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key", "space", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    space: Mapped[str] = mapped_column(String(16))  # login, pin
    key: Mapped[str] = mapped_column(String(64))  # keyed hash of user name, ticket or address
    at: Mapped[datetime]


class AuditEntry(Base):
    """Something that must be answerable later: a login, an unmasking, a download.

    Append-only. `digest` covers everything but `reason`, of which it holds only `reason_digest`:
    the words can be erased and the anchors still agree. Both are filled in when a row is written.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_unmask", "at", "id", postgresql_where=text("action = 'unmask'")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    action: Mapped[str] = mapped_column(String(64))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)  # codes and ids, nothing personal
    salt: Mapped[str] = mapped_column(String(32))
    reason_digest: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


def audit_digest(entry: AuditEntry) -> str:
    """Return the digest of an audit entry from all that stands in it but the words of `reason`."""
    at = entry.at.astimezone(UTC).isoformat()
    facts = [at, entry.actor_id, entry.action, entry.complaint_id, entry.data, entry.reason_digest]
    return salted(entry.salt, facts)


@event.listens_for(AuditEntry, "before_insert")
def _digest_audit(_mapper: Any, _connection: Any, entry: AuditEntry) -> None:
    entry.salt, entry.data = new_salt(), entry.data or {}
    entry.reason_digest = None if entry.reason is None else salted(entry.salt, entry.reason)
    entry.digest = audit_digest(entry)


class Holiday(Base):
    """A day on which the clocks stand still."""

    __tablename__ = "holiday"
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class TenantSetting(Base):
    """One part of the government's configuration; seeded from TOML, then the truth."""

    __tablename__ = "tenant_setting"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
