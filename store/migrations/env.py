"""Alembic's entry: runs the numbered migrations one transaction each, with bounded waits."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine, pool, text
from sqlalchemy.types import TypeDecorator

from store.db import Base
from store.models import (  # noqa: F401 (their import fills the metadata)
    calls,
    card,
    complaint,
    feedback,
    messaging,
    recording,
    second_channel,
    staff,
)


def _render_item(kind: str, obj: Any, _autogen_context: Any) -> str | Literal[False]:
    """Write encrypted columns as what the database sees."""
    if kind == "type" and isinstance(obj, TypeDecorator):
        return "sa.LargeBinary()"
    return False


def run() -> None:
    engine = create_engine(
        context.config.get_main_option("sqlalchemy.url", ""), poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '600s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            render_item=_render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
