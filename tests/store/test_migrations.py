"""The tables that the program knows are those that the migrations make."""

from alembic import command
from sqlalchemy import inspect

from store.db import make_engine
from store.migrate import alembic_config, upgrade


def test_the_models_stand_at_the_head_of_the_migrations(database_url: str) -> None:
    command.check(alembic_config(database_url))  # raises where they differ

    engine = make_engine(database_url)
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    assert {"webhook_delivery", "conversation", "message", "outbox_part"} <= tables


def test_migrations_go_up_down_and_up_again(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    command.downgrade(alembic_config(empty_database_url), "base")
    engine = make_engine(empty_database_url)
    left = inspect(engine).get_table_names()
    upgrade(empty_database_url)
    tables = inspect(engine).get_table_names()
    engine.dispose()

    assert left == ["alembic_version"]
    assert "message" in tables
