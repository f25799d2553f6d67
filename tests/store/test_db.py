"""The engine survives a server that dropped its connections."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from store.db import make_engine, transactions


def _drop_connections(url: str) -> None:
    other = make_engine(url)
    with other.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    other.dispose()


def test_a_connection_that_died_while_idle_is_replaced(database_url: str) -> None:
    engine = make_engine(database_url, ping_after_s=0)
    transaction = transactions(engine)
    with transaction() as session:
        session.execute(text("SELECT 1"))
    _drop_connections(database_url)

    with transaction() as session:
        answer = session.scalar(text("SELECT 2"))

    engine.dispose()
    assert answer == 2


def test_a_connection_that_died_in_use_fails_once(database_url: str) -> None:
    engine = make_engine(database_url, ping_after_s=3600)
    transaction = transactions(engine)
    with transaction() as session:
        session.execute(text("SELECT 1"))
    _drop_connections(database_url)

    with pytest.raises(OperationalError), transaction() as session:
        session.scalar(text("SELECT 2"))
    with transaction() as session:
        answer = session.scalar(text("SELECT 3"))

    engine.dispose()
    assert answer == 3
