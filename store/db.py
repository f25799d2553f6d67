"""Engine, transactions, the declarative base and its naming convention."""

import enum
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Engine, Enum, MetaData, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

Transaction = Callable[[], AbstractContextManager[Session]]


class Base(DeclarativeBase):
    """Root of all tables.

    Enums are stored by value in VARCHAR(32); instants with time zone; plain dicts as JSONB.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            length=32,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


def make_engine(url: str, *, pool_size: int = 10, ping_after_s: float = 2.0) -> Engine:
    """Return an engine on `url` (`postgresql://…`) with the psycopg 3 driver.

    A connection is given up after 5 s, so that intake falls back to its spool quickly. One that
    lay idle for `ping_after_s` is tried before it is used.
    """
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        hide_parameters=True,  # values name people; an error must not quote them
        connect_args={"connect_timeout": 5, "options": "-c statement_timeout=30000"},
    )
    _ping_after_idling(engine, ping_after_s)
    return engine


def _ping_after_idling(engine: Engine, ping_after_s: float) -> None:
    """Try a connection before its use if it has lain idle; a dead one is replaced.

    Pinging before every use would cost a webhook one round trip in five. A server that restarts
    under load is noticed by the first statement, and webhooks then go to the spool.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        idle_since = record.info.get("idle_since")
        if idle_since is None or time.monotonic() - idle_since < ping_after_s:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def transactions(engine: Engine) -> Transaction:
    """Return the function that opens one transaction: commit at the end, roll back on error."""
    sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def transaction() -> Iterator[Session]:
        with sessions() as session, session.begin():
            yield session

    return transaction
